"""Questions put to a small index, and a model that is asked no more often than it must be."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from asking import Memory, RememberingEncoder, ask_all
from methods import FIRST_STAGE, METHODS, OURS
from numpy.typing import NDArray
from question_set import Question

from index.encoding.encoder import Encoder
from tests.corpora import FILES, build_small, write_corpus
from tests.fakes import MarkReader, SubjectEncoder

READER = MarkReader({"10.4亿元": 12.0})
FUND = "日照市投入的扶贫资金是真金白银的钱吗？"
QUESTIONS = [
    Question(FUND, frozenset({"fund.md"}), ("10.4亿元",)),
    Question(FUND, frozenset(), (), within="land.md"),
]


class CountingEncoder(SubjectEncoder):
    """Remembers which questions it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def embed_question(self, text: str) -> NDArray[np.float32]:
        self.asked.append(text)
        return super().embed_question(text)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("asking")
    build_small(write_corpus(folder / "corpus", FILES), folder / "data")
    return folder / "data"


def test_a_question_is_asked_of_all_documents_or_of_its_own(data: Path) -> None:
    everywhere, within = ask_all(data, SubjectEncoder(), READER, METHODS[OURS], QUESTIONS)
    assert everywhere.question is QUESTIONS[0]
    assert everywhere.reply.answer is not None
    assert everywhere.reply.citations[0].path == "fund.md"
    assert within.reply.answer is None
    assert {one.path for one in within.reply.citations} <= {"land.md"}


def test_stages_are_heard_of_a_question_at_a_time(data: Path) -> None:
    for one in ask_all(data, SubjectEncoder(), READER, METHODS[OURS], QUESTIONS[:1] * 2):
        assert set(one.stages) == {"embed", "rank", "quote", "read", "answer"}
        assert 0 < sum(one.stages.values()) <= one.seconds


def test_only_a_method_that_reads_is_given_the_reader(data: Path) -> None:
    for method in (METHODS[FIRST_STAGE], METHODS["BM25"]):
        (one,) = ask_all(data, SubjectEncoder(), READER, method, QUESTIONS[:1])
        assert "read" not in one.stages
        assert {citation.scores.reader for citation in one.reply.citations} == {None}


def test_a_method_without_answers_only_searches(data: Path) -> None:
    (one,) = ask_all(data, SubjectEncoder(), None, METHODS["BM25"], QUESTIONS[:1])
    assert one.reply.answer is None
    assert one.reply.citations[0].path == "fund.md"
    assert "answer" not in one.stages


def test_a_model_is_asked_anew_unless_its_vectors_are_recalled() -> None:
    model, memory = CountingEncoder(), Memory()
    anew: Encoder = RememberingEncoder(model, memory, recalls=False)
    anew.embed_question("钱")
    last = anew.embed_question("钱")
    sentences = anew.embed_sentences(["钱地", "人"])
    assert model.asked == ["钱", "钱", "钱地", "人"]

    recalling: Encoder = RememberingEncoder(model, memory, recalls=True)
    assert recalling.embed_question("钱") is last
    assert recalling.embed_sentences(["钱地", "人"]) is sentences
    assert len(model.asked) == 4
    assert recalling.embed_question("时").tolist() == [0, 0, 0, 1]
    assert recalling.embed_passages(["地"]).tolist() == [[0, 0, 1, 0]]
    assert (recalling.count_tokens(["钱地"]), recalling.fingerprint) == ([2], model.fingerprint)
