"""The facade with a reader that is worked by hand: order, answers, refusals."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from index.errors import ModelError
from index.search.rereading import WITHIN_ONE
from index.search_index import PAGES, SearchIndex
from index.types import Filters, Reason
from tests.corpora import FILES, build_small, open_small, write_corpus
from tests.fakes import MarkReader, SubjectEncoder

MONEY = "日照市投入的扶贫资金是多少钱？"
VAGUE = "扶贫资金有多少？"
RENT = "土地租金按什么计算？"
SURE, UNSURE = 12.0, -12.0


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reading")
    later = FILES["fund.md"].replace("10.4亿元", "12.6亿元").replace("截留", "浪费")
    files = {**FILES, "later.md": later.replace("这笔钱", "那笔钱")}
    build_small(write_corpus(folder / "corpus", files), folder / "data")
    return folder / "data"


@pytest.fixture(scope="module")
def unread(data: Path) -> Iterator[SearchIndex]:
    with open_small(data) as opened:
        yield opened


def test_the_answer_is_where_the_reader_points(data: Path) -> None:
    with open_small(data, MarkReader({"10.4亿": SURE})) as index:
        reply = index.ask(MONEY)
        assert reply.answer is not None
        assert reply.reason is None
        assert reply.answer.text == "10.4亿元"
        assert reply.answer.sentence == "日照市投入扶贫资金10.4亿元，都是真金白银的钱。"
        cited = reply.citations[reply.answer.citation - 1]
        assert cited.path == "fund.md"
        assert index.text(cited.document_id)[reply.answer.start : reply.answer.end] == "10.4亿元"
        assert reply.answer.confidence == cited.score > 0.9


def test_what_the_reader_finds_answers_better_comes_first(data: Path, unread: SearchIndex) -> None:
    before = [citation.text for citation in unread.search(MONEY).citations]
    last = before[-1]
    with open_small(data, MarkReader({last: SURE})) as index:
        after = [citation.text for citation in index.search(MONEY).citations]
    assert len(before) > 2
    assert after[0] == last
    assert sorted(after) == sorted(before)


def test_two_passages_that_answer_differently_are_both_told(data: Path) -> None:
    with open_small(data, MarkReader({"10.4亿元": SURE, "12.6亿元": SURE})) as index:
        reply = index.ask(MONEY)
        assert reply.answer is not None
        (other,) = reply.alternatives
        assert {reply.answer.text, other.text} == {"10.4亿元", "12.6亿元"}
        cited = reply.citations[other.citation - 1]
        assert index.text(cited.document_id)[other.start : other.end] == other.text


def test_a_question_that_no_passage_answers_is_refused_with_the_nearest(data: Path) -> None:
    with open_small(data, MarkReader({"资金": UNSURE})) as index:
        reply = index.ask(MONEY)
    assert (reply.answer, reply.reason) == (None, Reason.LOW_CONFIDENCE)
    assert reply.citations


def test_a_doubtful_match_that_the_reader_is_sure_of_is_an_answer(
    data: Path, unread: SearchIndex
) -> None:
    assert unread.ask(VAGUE).reason is Reason.LOW_CONFIDENCE
    with open_small(data, MarkReader({"10.4亿元": SURE})) as index:
        assert index.ask(VAGUE).answer is not None


def test_within_one_document_the_readers_word_counts_alone(data: Path) -> None:
    with open_small(data, MarkReader({"。": 1.0})) as index:
        everywhere = index.search(MONEY)
        home = frozenset({everywhere.citations[0].document_id})
        within = index.search(MONEY, filters=Filters(document_ids=home))
    known, first = everywhere.citations[0], within.citations[0]
    alone = WITHIN_ONE.probability(1.0, 0.0, first.scores.dense)
    assert first.score == pytest.approx(alone)
    assert known.score != pytest.approx(alone)


def test_an_answer_that_the_filters_hide_is_told_of(data: Path) -> None:
    with open_small(data, MarkReader({"土地租金按亩计算": SURE})) as index:
        reply = index.ask(RENT, filters=Filters(source="市报"))
        assert (reply.answer, reply.reason) == (None, Reason.FILTERED_OUT)
        assert index.ask(RENT).answer is not None


def test_without_reranking_nothing_is_read(data: Path, unread: SearchIndex) -> None:
    reader = MarkReader({"10.4亿元": SURE})
    with open_small(data, reader) as index:
        for question in (MONEY, VAGUE, RENT):
            assert index.ask(question, rerank=False) == unread.ask(question)
            assert index.search(question, rerank=False) == unread.search(question)
        assert reader.pages == []
        index.search(MONEY)
        assert reader.pages


def test_only_the_first_candidates_are_read(data: Path) -> None:
    reader = MarkReader({"10.4亿元": SURE})
    with open_small(data, reader, pages=2) as index:
        citations = index.search(MONEY, top_k=50).citations
    assert len(reader.pages) == 2
    read = [citation.scores.reader is not None for citation in citations]
    assert read == [True, True, *[False] * (len(citations) - 2)]
    scores = [citation.score for citation in citations]
    assert scores == sorted(scores, reverse=True)


def test_fewer_results_are_the_first_of_more(data: Path) -> None:
    with open_small(data, MarkReader({"12.6亿元": SURE})) as index:
        assert index.search(MONEY, top_k=1).citations == index.search(MONEY).citations[:1]


def test_a_question_that_finds_nothing_is_not_read(data: Path) -> None:
    reader = MarkReader({})
    with open_small(data, reader) as index:
        for question in ("hello world", "？", "青岛市的游客有多少？"):
            assert index.ask(question).reason is Reason.NO_MATCH
    assert reader.pages == []


def test_no_more_is_read_than_is_set(data: Path) -> None:
    reader = MarkReader({})
    with open_small(data, reader) as index:
        index.search(MONEY, top_k=50)
    assert 0 < len(reader.pages) <= PAGES


def test_a_reader_is_named_or_switched_off(data: Path, tmp_path: Path) -> None:
    with SearchIndex.open(data, SubjectEncoder(), reader="off") as index:
        assert index.reader is None
    missing = tmp_path / "none.onnx"
    with pytest.raises(ModelError, match=r"none\.onnx"):
        SearchIndex.open(data, SubjectEncoder(), reader=str(missing))
