"""The library on the project's own corpus, with the real model: how good the answers are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from index import SearchIndex
from index.builder import build
from index.encoding.encoder import Encoder
from index.reading.reader import Reader
from index.search.answers import LEAST_SURE
from index.types import Citation, IndexSettings, Reply
from tests.conftest import ROOT

SEEDS = ROOT.parent / "shared" / "seeds"
QUESTIONS = ROOT / "tests" / "data" / "questions.jsonl"
ANSWERS = ROOT / "tests" / "data" / "answers.jsonl"
FUND = "日照2016年以来投入了多少财政专项扶贫资金？"

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """A line of the questions and what came back."""

    row: Row
    reply: Reply

    @property
    def first(self) -> tuple[Citation, ...]:
        """The first citation, where there is one."""
        return self.reply.citations[:1]


def rows(path: Path) -> list[Row]:
    """The lines of a file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def questions() -> list[Row]:
    """The questions with the evidence that a good passage holds, any one of each list."""
    return rows(QUESTIONS)


def bare(text: str) -> str:
    """A text without white space, as the evidence is written."""
    return re.sub(r"\s+", "", text)


def holds(citations: tuple[Citation, ...], evidence: list[str]) -> bool:
    """Whether a citation holds a piece of the evidence."""
    return any(piece in bare(citation.text) for citation in citations for piece in evidence)


def share(verdicts: list[bool]) -> float:
    """The part that is true."""
    return sum(verdicts) / len(verdicts)


@pytest.fixture(scope="module")
def index(built_data: Path, encoder: Encoder, reader: Reader) -> Iterator[SearchIndex]:
    with SearchIndex.open(built_data, encoder, reader=reader) as opened:
        yield opened


@pytest.fixture(scope="module")
def asked(index: SearchIndex) -> list[Asked]:
    """Every question, asked once."""
    return [Asked(row, index.ask(row["question"])) for row in questions()]


def test_the_questions_are_answered_from_the_right_place(asked: list[Asked]) -> None:
    known = [one for one in asked if one.row["document"] is not None]
    figures = {
        "document first": share(
            [any(Path(c.path).stem == one.row["document"] for c in one.first) for one in known]
        ),
        "evidence first": share([holds(one.first, one.row["evidence"]) for one in known]),
        "evidence in five": share(
            [holds(one.reply.citations, one.row["evidence"]) for one in known]
        ),
        "wrongly refused": share([one.reply.answer is None for one in known]),
    }
    missed = [
        one.row["question"] for one in known if not holds(one.reply.citations, one.row["evidence"])
    ]
    told = f"{figures}, not in five: {missed}"
    assert figures["document first"] >= 0.95, told
    assert figures["evidence first"] >= 0.88, told
    assert figures["evidence in five"] >= 0.98, told
    assert figures["wrongly refused"] <= 0.05, told


def test_what_the_corpus_does_not_say_is_refused(asked: list[Asked]) -> None:
    small_talk = [one for one in asked if one.row["type"] == "small_talk"]
    foreign = [one for one in asked if one.row["type"] == "foreign"]
    answered = [one.row["question"] for one in small_talk + foreign if one.reply.answer]
    refused = share([one.reply.answer is None for one in foreign])
    told = f"foreign refused: {refused}, answered: {answered}"
    assert all(one.reply.answer is None for one in small_talk), told
    assert refused >= 0.75, told


def test_answers_are_the_words_that_answer(index: SearchIndex) -> None:
    """Each is right that says the same as one that a careful reader gave, or has it in it."""
    known, foreign, right, evidence = [], [], [], []
    for row in rows(ANSWERS):
        reply = index.ask(row["question"])
        if row["path"] is None:
            foreign.append(reply.answer is None)
            continue
        words = bare(reply.answer.text) if reply.answer else ""
        known.append(reply.answer is None)
        evidence.append(holds(reply.citations[:1], [bare(one) for one in row["answers"]]))
        right.append(any(bare(one) in words for one in row["answers"]))
    told = (
        f"evidence first {share(evidence)}, answer {share(right)}, wrongly refused {share(known)}, "
        f"foreign refused {share(foreign)}"
    )
    assert share(evidence) >= 0.95, told
    assert share(right) >= 0.8, told
    assert share(known) <= 0.05, told
    assert share(foreign) >= 0.7, told


def test_a_reply_has_either_an_answer_or_a_reason(asked: list[Asked]) -> None:
    for one in asked:
        assert (one.reply.answer is None) == (one.reply.reason is not None), one.row


def test_every_citation_stands_in_its_document(index: SearchIndex, asked: list[Asked]) -> None:
    texts: dict[str, str] = {}
    for one in asked:
        for rank, citation in enumerate(one.reply.citations, 1):
            text = texts.setdefault(citation.document_id, index.text(citation.document_id))
            assert citation.rank == rank
            assert text[citation.start : citation.end] == citation.text
            for span in citation.highlights:
                assert citation.start <= span.start < span.end <= citation.end


def test_every_answer_stands_in_the_citation_it_names(asked: list[Asked]) -> None:
    for one in asked:
        answer = one.reply.answer
        if answer is None:
            continue
        citation = one.reply.citations[answer.citation - 1]
        start, end = answer.start - citation.start, answer.end - citation.start
        assert citation.text[start:end] == answer.text, one.row
        assert answer.text in answer.sentence, one.row
        assert answer.sentence in citation.text, one.row
        assert LEAST_SURE <= answer.confidence <= 1, one.row


def test_the_fund_is_in_the_answer(index: SearchIndex) -> None:
    reply = index.ask(FUND)
    assert reply.answer is not None
    assert "10.4亿元" in reply.answer.text
    assert Path(reply.citations[0].path).stem == "rizhao-2020"


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the seed articles are not here")
def test_raw_articles_are_searched_nearly_as_well(
    encoder: Encoder, reader: Reader, tmp_path: Path
) -> None:
    build(SEEDS, tmp_path, encoder, IndexSettings())
    first, lengths = [], []
    with SearchIndex.open(tmp_path, encoder, reader=reader) as index:
        fund = index.ask(FUND)
        for row in questions():
            if row["document"] is None:
                continue
            citations = index.search(row["question"]).citations
            first.append(holds(citations[:1], row["evidence"]))
            lengths += [len(citation.text) for citation in citations]
    told = f"evidence first: {share(first)}, average length: {sum(lengths) / len(lengths)}"
    assert share(first) >= 0.85, told
    assert sum(lengths) / len(lengths) < 300, told
    assert fund.answer is not None, told
    assert "10.4亿元" in fund.answer.text
