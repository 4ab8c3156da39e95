"""The facade: `SearchIndex.open(data_dir).ask("…")`."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
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
from index.records import Records
from index.search.answering import best_sentence, confidence, is_confident
from index.search.citing import Quote, citation, distinct
from index.search.lexical import LexicalIndex
from index.search.literal import LiteralIndex
from index.search.question import Question, is_text, understand
from index.search.ranking import RANKING, Legs, Ranked, Ranking, rank
from index.search.vectors import Rows, VectorIndex
from index.types import (
    Answer,
    Citation,
    DocumentSummary,
    Filters,
    IndexInfo,
    IndexSettings,
    Reason,
    Reply,
)

MAX_TOP_K = 50
SPARE_HITS = 10
NO_FILTERS = Filters()
OnStage = Callable[[str, float], None]
"""Hears each stage of a question, "embed", "rank", "quote" or "answer", and its seconds."""

_WORD = re.compile(r"\w")


class SearchIndex:
    """One published generation, open for questions. Safe to share between threads."""

    def __init__(
        self,
        folder: Path,
        manifest: Manifest,
        encoder: Encoder,
        ranking: Ranking = RANKING,
        on_stage: OnStage = lambda stage, seconds: None,
    ) -> None:
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
        ranking: Ranking = RANKING,
        on_stage: OnStage = lambda stage, seconds: None,
    ) -> Self:
        """Open the published generation of a data folder, checked file by file.

        Without an `encoder` one is loaded: by `settings`, or as the generation was built.
        Raises IndexMissing, IndexDamaged, IndexMismatch or ModelError.
        """
        folder = generation.current_folder(data_dir)
        manifest = generation.read_manifest(folder)
        generation.verify(folder, manifest)
        if encoder is None:
            encoder = load_encoder(settings or manifest.settings, data_dir / "models")
        generation.check_encoder(manifest, encoder.fingerprint, encoder.name)
        return cls(folder, manifest, encoder, ranking, on_stage)

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

    def search(self, question: str, *, top_k: int = 5, filters: Filters = NO_FILTERS) -> Reply:
        """The passages nearest to a question, best first, without an answer.

        Raises BadQuestion or BadFilter.
        """
        asked = self._understand(question, top_k, filters)
        reply, _, _ = self._find(asked, top_k, filters)
        return reply

    def ask(self, question: str, *, top_k: int = 5, filters: Filters = NO_FILTERS) -> Reply:
        """The passages nearest to a question and, where one answers, its best sentence.

        Raises BadQuestion or BadFilter.
        """
        asked = self._understand(question, top_k, filters)
        reply, vector, allowed = self._find(asked, top_k, filters)
        if reply.reason is None and vector is not None:
            return replace(reply, answer=self._answer(asked, vector, reply.citations[0]))
        if allowed is not None and vector is not None and self._answerable(asked, vector):
            return replace(reply, reason=Reason.FILTERED_OUT)
        return reply

    def documents(self, offset: int, limit: int) -> tuple[list[DocumentSummary], int]:
        """One page of the documents, ordered by path, and how many there are in all."""
        return self._records.documents(offset, limit)

    def document(self, document_id: str) -> DocumentSummary:
        """One document without its text; raises UnknownDocument."""
        return self._records.document(document_id)

    def text(self, document_id: str) -> str:
        """A document's whole text, exactly as decoded; raises UnknownDocument."""
        return self._records.text(document_id)

    def _understand(self, question: str, top_k: int, filters: Filters) -> Question:
        if not 1 <= top_k <= MAX_TOP_K:
            raise BadQuestion("top_k", f"top_k 必须在 1 到 {MAX_TOP_K} 之间")
        first, last = filters.published_from, filters.published_to
        if first and last and first > last:
            raise BadFilter("filters.published_to", "published_to 不能早于 published_from")
        if filters.source is not None and not is_text(filters.source):
            raise BadFilter(
                "filters.source", "来源里有不是文字的字符，请检查它的编码（应为 UTF-8）"
            )
        return understand(question, self._lexicon)

    def _find(
        self, question: Question, top_k: int, filters: Filters
    ) -> tuple[Reply, NDArray[np.float32] | None, Rows | None]:
        """The reply without its answer, the question's vector, and the rows let through."""
        dates = date_hints(question.text, date.today())
        version = self._manifest.version
        reply = Reply(question.text, None, Reason.NO_MATCH, (), version, dates)
        if not _WORD.search(question.text):
            return reply, None, None
        with self._timed("embed"):
            vector = self.encoder.embed_question(question.words)
        allowed = self._records.allowed(filters)
        if allowed is not None and not len(allowed):
            return replace(reply, reason=Reason.FILTERED_OUT), vector, allowed
        # Some hits say again what a better one says: they are listed with it, not counted.
        if hits := self._rank(question, vector, 2 * top_k + SPARE_HITS, allowed):
            reason = None if is_confident(hits[0].score) else Reason.LOW_CONFIDENCE
            citations = self._citations(question, hits, top_k, filters)
            reply = replace(reply, reason=reason, citations=citations)
        return reply, vector, allowed

    def _rank(
        self, question: Question, vector: NDArray[np.float32], k: int, allowed: Rows | None
    ) -> list[Ranked]:
        with self._timed("rank"):
            return rank(question, vector, self._legs, k, allowed, self._ranking)

    def _answerable(self, question: Question, vector: NDArray[np.float32]) -> bool:
        """Whether the question has an answer when nothing is filtered out."""
        best = self._rank(question, vector, 1, None)
        return bool(best) and is_confident(best[0].score)

    def _answer(
        self, question: Question, vector: NDArray[np.float32], citation: Citation
    ) -> Answer:
        with self._timed("answer"):
            sentence = best_sentence(
                question, vector, citation.text, self.encoder, self._legs.lexical,
                self._legs.background, self._lexicon.words,
            )  # fmt: skip
        text = citation.text[sentence.span.start : sentence.span.end]
        return Answer(
            text=text,
            sentence=text,
            confidence=confidence(citation.score),
            citation=citation.rank,
            start=citation.start + sentence.span.start,
            end=citation.start + sentence.span.end,
        )

    def _citations(
        self, question: Question, hits: list[Ranked], top_k: int, filters: Filters
    ) -> tuple[Citation, ...]:
        with self._timed("quote"):
            found = self._records.passages(hit.row for hit in hits)
            copies = (self._records.reprints(hit.row, filters) for hit in hits)
            quotes = distinct(map(Quote, hits, found, copies), top_k)
            own = self._lexicon.words
            return tuple(citation(question, n, quote, own) for n, quote in enumerate(quotes, 1))

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
