"""Question sets as indexes, and questions put to them, each with its reply and its times."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from building import build_with_progress
from measures import Asked
from methods import Method
from numpy.typing import NDArray
from question_set import Question, QuestionSet, write_corpus

from index import SearchIndex
from index.encoding.encoder import Encoder
from index.reading.reader import Reader
from index.types import Filters
from service.settings import Settings

TOP_K = 10
Vectors = NDArray[np.float32]


@dataclass(slots=True)
class Memory:
    """The vectors of questions, and of the sentences that were looked at together."""

    questions: dict[str, Vectors] = field(default_factory=dict)
    sentences: dict[tuple[str, ...], Vectors] = field(default_factory=dict)


class RememberingEncoder:
    """A model whose vectors of questions and sentences are kept in a `Memory`.

    It is asked anew each time, so that times are what a user would wait, unless `recalls`.
    """

    def __init__(self, encoder: Encoder, memory: Memory, *, recalls: bool) -> None:
        self._encoder = encoder
        self._memory = memory
        self._recalls = recalls
        self.name = encoder.name
        self.fingerprint = encoder.fingerprint
        self.dimensions = encoder.dimensions
        self.max_tokens = encoder.max_tokens

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """As the model."""
        return self._encoder.count_tokens(texts)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """As the model."""
        return self._encoder.embed_passages(texts)

    def embed_sentences(self, texts: Sequence[str]) -> Vectors:
        """As the model, or as it was when the same sentences were looked at."""
        known = self._memory.sentences
        if not self._recalls or tuple(texts) not in known:
            known[tuple(texts)] = self._encoder.embed_sentences(texts)
        return known[tuple(texts)]

    def embed_question(self, text: str) -> Vectors:
        """As the model, or as it was when the same was asked."""
        known = self._memory.questions
        if not self._recalls or text not in known:
            known[text] = self._encoder.embed_question(text)
        return known[text]


def ask_all(
    data_dir: Path,
    encoder: Encoder,
    reader: Reader | None,
    method: Method,
    questions: Iterable[Question],
) -> list[Asked]:
    """Ask each question, in its document alone where it has one; only search without answers."""
    heard: dict[str, float] = {}

    def hear(stage: str, seconds: float) -> None:
        heard[stage] = heard.get(stage, 0.0) + seconds

    asked: list[Asked] = []
    reads = reader if method.read else None
    with SearchIndex.open(
        data_dir, encoder, reader=reads, ranking=method.ranking, on_stage=hear
    ) as index:
        ids = ids_by_path(index)
        use = index.ask if method.answers else index.search
        for question in questions:
            heard.clear()
            within = None if question.within is None else frozenset({ids[question.within]})
            started = time.perf_counter()
            reply = use(question.text, top_k=TOP_K, filters=Filters(document_ids=within))
            asked.append(Asked(question, reply, time.perf_counter() - started, dict(heard)))
    return asked


def build_set(one: QuestionSet, settings: Settings, encoder: Encoder) -> Path:
    """The data folder of a set's index, built as any other with vectors kept from run to run.

    Raises YoujuError.
    """
    evaluation = settings.data_dir / "evaluation"
    place = evaluation / "sets" / one.name
    write_corpus(one.documents, place / "corpus")
    here = settings.model_copy(update={"corpus_dir": place / "corpus", "data_dir": place})
    build_with_progress(here, encoder, evaluation / "cache")
    return place


def ids_by_path(index: SearchIndex) -> dict[str, str]:
    """Each document's id by its path."""
    documents, _ = index.documents(0, index.info.documents)
    return {document.path: document.id for document in documents}
