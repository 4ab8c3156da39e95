"""The facade: `SearchIndex.open(data_dir).ask("…")`."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from index import generation
from index.encoding.encoder import Encoder
from index.encoding.model_loading import load_encoder
from index.errors import BadFilter, BadQuestion, IndexDamaged
from index.generation import Manifest
from index.language.date_hints import date_hints
from index.language.lexicon import Lexicon, from_json
from index.reading.reader import Reader
from index.reading.shipped import DEFAULT, load_reader
from index.records import Records
from index.search.answering import best_sentence
from index.search.answers import answer_of, answers, is_sure
from index.search.citing import Quote, citation, distinct
from index.search.lexical import LexicalIndex
from index.search.literal import LiteralIndex
from index.search.question import Question, is_text, understand
from index.search.ranking import RANKING, Legs, Ranking, rank
from index.search.rereading import ANYWHERE, WITHIN_ONE, reread
from index.search.vectors import Rows, VectorIndex
from index.types import (
    Answer,
    DocumentSummary,
    Filters,
    IndexInfo,
    IndexSettings,
    Reason,
    Reply,
)

MAX_TOP_K = 50
SPARE_HITS = 10
PAGES = 10
"""Candidates of a question that are read."""
NO_FILTERS = Filters()
OnStage = Callable[[str, float], None]
"""Hears each stage of a question, "embed", "rank", "quote", "read" or "answer", and its seconds."""

_WORD = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question with what is wanted of its answer."""

    question: Question
    top_k: int
    filters: Filters
    rerank: bool


@dataclass(frozen=True, slots=True)
class _Found:
    """A reply without its answer, and what it was made of: nothing where nothing was asked.

    `vector` is the question's, `allowed` are the rows that the filters let through (None: all).
    """

    reply: Reply
    vector: NDArray[np.float32] | None = None
    allowed: Rows | None = None
    quotes: Sequence[Quote] = ()


class SearchIndex:
    """One published generation, open for questions. Safe to share between threads."""

    def __init__(
        self,
        folder: Path,
        manifest: Manifest,
        encoder: Encoder,
        reader: Reader | None = None,
        pages: int = PAGES,
        ranking: Ranking = RANKING,
        on_stage: OnStage = lambda stage, seconds: None,
    ) -> None:
        self.reader = reader
        self._pages = pages
        self._ranking = ranking
        self._on_stage = on_stage
        self.encoder = encoder
        self._manifest = manifest
        self._lexicon = _read_lexicon(folder / generation.LEXICON)
        vectors = VectorIndex.load(folder / generation.VECTORS)
        lexical = LexicalIndex.load(folder / generation.LEXICAL)
        literal = LiteralIndex.load(folder / generation.LITERAL)
        # Last, because it stays open: nothing is left open where another file is damaged.
        self._records = Records(folder / generation.RECORDS)
        groups = self._records.groups()
        self._legs = Legs(vectors, lexical, literal, groups, manifest.background)

    @classmethod
    def open(
        cls,
        data_dir: Path,
        encoder: Encoder | None = None,
        *,
        settings: IndexSettings | None = None,
        reader: Reader | str | None = DEFAULT,
        pages: int = PAGES,
        ranking: Ranking = RANKING,
        on_stage: OnStage = lambda stage, seconds: None,
    ) -> Self:
        """Open the published generation of a data folder, checked file by file.

        Without an `encoder` one is loaded: by `settings`, or as the generation was built. A
        `reader` is one, or the name of one ("default", "off", an exported file), which reads the
        first `pages` candidates of each question.
        Raises IndexMissing, IndexDamaged, IndexMismatch or ModelError.
        """
        folder = generation.current_folder(data_dir)
        manifest = generation.read_manifest(folder)
        generation.verify(folder, manifest)
        if encoder is None:
            encoder = load_encoder(settings or manifest.settings, data_dir / "models")
        generation.check_encoder(manifest, encoder.fingerprint, encoder.name)
        if isinstance(reader, str):
            reader = load_reader(reader, data_dir / "models")
        return cls(folder, manifest, encoder, reader, pages, ranking, on_stage)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Release the generation's files."""
        self._records.close()

    @property
    def info(self) -> IndexInfo:
        """What the generation says of itself."""
        told = self._manifest
        return IndexInfo(
            version=told.version,
            built_at=told.built_at,
            model=told.settings.model,
            dimensions=told.dimensions,
            documents=told.documents,
            passages=told.passages,
            skipped=told.skipped,
            remarks=told.remarks,
        )

    def search(
        self,
        question: str,
        *,
        top_k: int = 5,
        filters: Filters = NO_FILTERS,
        rerank: bool = True,
    ) -> Reply:
        """The passages nearest to a question, best first, without an answer.

        Without `rerank` they are not read. Raises BadQuestion or BadFilter.
        """
        return self._find(self._asked(question, top_k, filters, rerank)).reply

    def ask(
        self,
        question: str,
        *,
        top_k: int = 5,
        filters: Filters = NO_FILTERS,
        rerank: bool = True,
    ) -> Reply:
        """The passages nearest to a question and, where they answer, what they say.

        Without `rerank` they are not read: the answer is then a sentence. Raises BadQuestion or
        BadFilter.
        """
        asked = self._asked(question, top_k, filters, rerank)
        found = self._find(asked)
        if found.vector is None:
            return found.reply
        if found.quotes and is_sure(found.quotes[0]):
            return self._answered(asked, found, found.vector)
        if found.allowed is not None and self._answerable(asked, found.vector):
            return replace(found.reply, reason=Reason.FILTERED_OUT)
        return found.reply

    def documents(self, offset: int, limit: int) -> tuple[list[DocumentSummary], int]:
        """One page of the documents, ordered by path, and how many there are in all."""
        return self._records.documents(offset, limit)

    def document(self, document_id: str) -> DocumentSummary:
        """One document without its text; raises UnknownDocument."""
        return self._records.document(document_id)

    def text(self, document_id: str) -> str:
        """A document's whole text, exactly as decoded; raises UnknownDocument."""
        return self._records.text(document_id)

    def _asked(self, text: str, top_k: int, filters: Filters, rerank: bool) -> _Asked:
        if not 1 <= top_k <= MAX_TOP_K:
            raise BadQuestion("top_k", f"top_k 必须在 1 到 {MAX_TOP_K} 之间")
        first, last = filters.published_from, filters.published_to
        if first and last and first > last:
            raise BadFilter("filters.published_to", "published_to 不能早于 published_from")
        if filters.source is not None and not is_text(filters.source):
            raise BadFilter(
                "filters.source", "来源里有不是文字的字符，请检查它的编码（应为 UTF-8）"
            )
        return _Asked(understand(text, self._lexicon), top_k, filters, rerank)

    def _find(self, asked: _Asked) -> _Found:
        """What is found, and the reply without its answer."""
        question, version = asked.question, self._manifest.version
        dates = date_hints(question.text, date.today())
        reply = Reply(question.text, None, Reason.NO_MATCH, (), version, dates)
        if not _WORD.search(question.text):
            return _Found(reply)
        with self._timed("embed"):
            vector = self.encoder.embed_question(question.words)
        allowed = self._records.allowed(asked.filters)
        if allowed is not None and not len(allowed):
            return _Found(replace(reply, reason=Reason.FILTERED_OUT), vector, allowed)
        if quotes := self._quotes(asked, vector, allowed):
            reason = None if is_sure(quotes[0]) else Reason.LOW_CONFIDENCE
            own = self._lexicon.words
            with self._timed("quote"):
                cited = tuple(citation(question, n, one, own) for n, one in enumerate(quotes, 1))
            reply = replace(reply, reason=reason, citations=cited)
        return _Found(reply, vector, allowed, quotes)

    def _quotes(
        self, asked: _Asked, vector: NDArray[np.float32], allowed: Rows | None
    ) -> list[Quote]:
        """The best passages that each say something new, best first."""
        reader = self.reader if asked.rerank else None
        most = max(asked.top_k, self._pages if reader else 0)
        with self._timed("rank"):
            # Some hits say again what a better one says: they are listed with it, not counted.
            k = 2 * most + SPARE_HITS
            hits = rank(asked.question, vector, self._legs, k, allowed, self._ranking)
        with self._timed("quote"):
            found = self._records.passages(hit.row for hit in hits)
            copies = (self._records.reprints(hit.row, asked.filters) for hit in hits)
            quotes = distinct(map(Quote, hits, found, copies), most)
        if reader:
            with self._timed("read"):
                one = len(asked.filters.document_ids or ()) == 1
                weights = WITHIN_ONE if one else ANYWHERE
                quotes = reread(asked.question.text, quotes, reader, self._pages, weights)
        return quotes[: asked.top_k]

    def _answerable(self, asked: _Asked, vector: NDArray[np.float32]) -> bool:
        """Whether the question has an answer when nothing is filtered out."""
        unfiltered = replace(asked, filters=NO_FILTERS, top_k=1)
        best = self._quotes(unfiltered, vector, None)
        return bool(best) and is_sure(best[0])

    def _answered(self, asked: _Asked, found: _Found, vector: NDArray[np.float32]) -> Reply:
        with self._timed("answer"):
            if found.quotes[0].reading is None:
                return replace(found.reply, answer=self._sentence(asked, found, vector))
            answer, *others = answers(asked.question, found.quotes)
            return replace(found.reply, answer=answer, alternatives=tuple(others))

    def _sentence(self, asked: _Asked, found: _Found, vector: NDArray[np.float32]) -> Answer:
        """The sentence of the best passage that is nearest to the question."""
        first = found.quotes[0]
        text = first.found.passage.text
        sentence = best_sentence(
            asked.question, vector, text, self.encoder, self._legs.lexical,
            self._legs.background, self._lexicon.words,
        )  # fmt: skip
        return answer_of(first, 1, sentence.span, sentence.span)

    @contextmanager
    def _timed(self, stage: str) -> Iterator[None]:
        started = time.perf_counter()
        try:
            yield
        finally:
            self._on_stage(stage, time.perf_counter() - started)


def _read_lexicon(path: Path) -> Lexicon:
    try:
        return from_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError) as error:
        detail = f"词表 {path.name} 无法读取，请运行 scripts/rebuild_index"
        raise IndexDamaged(detail) from error
