"""The facade over a small corpus: replies, reasons, filters, and proofs for every citation."""

from __future__ import annotations

import hashlib
import shutil
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import generation
from index.errors import (
    BadFilter,
    BadQuestion,
    IndexDamaged,
    IndexMismatch,
    IndexMissing,
    UnknownDocument,
)
from index.language.folding import fold
from index.search.answering import EVEN_SCORE, confidence
from index.search_index import SearchIndex
from index.types import DateHint, FileCode, Filters, Metadata, Reason, Reply
from tests.corpora import FILES, FUND, LAND, build_small, open_small, write_corpus
from tests.fakes import SubjectEncoder

FUND_QUESTION = "日照市投入的扶贫资金是真金白银的钱吗？"
LAND_QUESTION = "流转的土地租金是按亩计算的吗？"
VAGUE_QUESTION = "扶贫资金投入了多少钱？"
STRANGE_QUESTION = "青岛市的游客有多少？"
YEAR_2000 = date(2000, 1, 1), date(2000, 12, 31)
QUESTIONS = st.text(
    alphabet="日照市扶贫资金投入土地租金老人钱人地时多少什么a1Ａ㎡😀？，。 ",
    min_size=1,
    max_size=30,
)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("search_index")
    corpus = write_corpus(folder / "corpus", {**FILES, "empty.txt": ""})
    build_small(corpus, folder / "data")
    return folder / "data"


@pytest.fixture(scope="module")
def index(data: Path) -> Iterator[SearchIndex]:
    with open_small(data) as opened:
        yield opened


@pytest.fixture(scope="module")
def ids(index: SearchIndex) -> dict[str, str]:
    """Each document's id, by its path."""
    return {document.path: document.id for document in index.documents(0, 50)[0]}


def paths(reply: Reply) -> set[str]:
    return {citation.path for citation in reply.citations}


def assert_proven(index: SearchIndex, reply: Reply) -> None:
    """All that a reply says of the source can be checked in the source."""
    assert [citation.rank for citation in reply.citations] == list(
        range(1, len(reply.citations) + 1)
    )
    scores = [citation.score for citation in reply.citations]
    assert scores == sorted(scores, reverse=True)
    for citation in reply.citations:
        text = index.text(citation.document_id)
        assert text[citation.start : citation.end] == citation.text
        assert hashlib.sha256(text.encode()).hexdigest() == citation.sha256
        assert index.document(citation.document_id).metadata == citation.metadata
        for highlight in citation.highlights:
            assert citation.start <= highlight.start < highlight.end <= citation.end
    if reply.answer is not None:
        cited = reply.citations[reply.answer.citation - 1]
        text = index.text(cited.document_id)
        assert text[reply.answer.start : reply.answer.end] == reply.answer.text
        assert reply.answer.text in reply.answer.sentence
        assert reply.answer.sentence in cited.text
        assert confidence(EVEN_SCORE) <= reply.answer.confidence < 1


# Answers


def test_an_answer_is_a_sentence_of_the_source_with_its_place(index: SearchIndex) -> None:
    reply = index.ask(FUND_QUESTION)
    assert reply.answer is not None
    assert reply.answer.text == "日照市投入扶贫资金10.4亿元，都是真金白银的钱。"
    assert reply.answer.start == FUND.index("日照市")
    assert (reply.answer.citation, reply.reason, reply.question) == (1, None, FUND_QUESTION)
    first = reply.citations[0]
    assert (first.path, first.headings, first.rank) == ("fund.md", (), 1)
    assert first.metadata == Metadata(
        "扶贫资金", "市报", "甲", date(2020, 11, 17), "https://example.com/fund"
    )
    marked = [FUND[span.start : span.end] for span in first.highlights]
    assert marked == ["日照市投入扶贫资金", "真金白银", "钱", "资金"]
    assert_proven(index, reply)


def test_searching_gives_the_citations_of_asking_without_an_answer(index: SearchIndex) -> None:
    asked, searched = index.ask(FUND_QUESTION), index.search(FUND_QUESTION)
    assert searched.answer is None
    assert searched.citations == asked.citations
    assert searched.index_version == asked.index_version == index.info.version


def test_headings_above_a_passage_are_told_and_not_quoted(index: SearchIndex) -> None:
    (citation,) = index.search("用来修建村里的道路，补贴危房改造", top_k=1).citations
    assert citation.headings == ("用途",)
    assert "用途" not in citation.text


@given(QUESTIONS.filter(str.strip), st.integers(1, 50))
def test_whatever_is_asked_a_reply_is_proven_or_says_why_not(
    index: SearchIndex, question: str, top_k: int
) -> None:
    reply = index.ask(question, top_k=top_k)
    assert (reply.answer is None) == (reply.reason is not None)
    assert len(reply.citations) <= top_k
    assert_proven(index, reply)
    assert index.ask(question, top_k=top_k) == reply


def test_fewer_results_are_the_first_of_more(index: SearchIndex) -> None:
    more = index.search(FUND_QUESTION, top_k=50).citations
    assert len(more) > 1
    assert index.search(FUND_QUESTION, top_k=1).citations == more[:1]


def test_times_that_a_question_names_are_told_and_restrict_nothing(index: SearchIndex) -> None:
    plain = index.ask(FUND_QUESTION)
    assert plain.dates == ()
    told = (DateHint("1999年以来", date(1999, 1, 1), None), DateHint("2000年", *YEAR_2000))
    question = f"1999年以来和2000年，{FUND_QUESTION}"
    for use in (index.ask, index.search):
        reply = use(question)
        assert reply.dates == told
        assert reply.citations[0].path == plain.citations[0].path
        assert use("1999年以来？", filters=Filters(source="无")).dates == told[:1]
    assert index.ask("2000年").dates == told[1:]


# Reasons


def test_a_question_on_something_else_has_no_match(index: SearchIndex) -> None:
    reply = index.ask(STRANGE_QUESTION)
    assert (reply.answer, reply.reason, reply.citations) == (None, Reason.NO_MATCH, ())


def test_a_doubtful_match_is_shown_and_not_called_an_answer(index: SearchIndex) -> None:
    reply = index.ask(VAGUE_QUESTION)
    assert (reply.answer, reply.reason) == (None, Reason.LOW_CONFIDENCE)
    assert paths(reply) == {"fund.md"}


def test_an_answer_that_the_filters_hide_is_told_of(index: SearchIndex) -> None:
    reply = index.ask(LAND_QUESTION, filters=Filters(source="市报"))
    assert (reply.answer, reply.reason) == (None, Reason.FILTERED_OUT)
    assert "land.md" not in paths(reply)


def test_what_has_no_answer_anywhere_is_not_blamed_on_the_filters(index: SearchIndex) -> None:
    reply = index.ask(STRANGE_QUESTION, filters=Filters(source="市报"))
    assert reply.reason is Reason.NO_MATCH


# Filters


@pytest.mark.parametrize(
    ("filters", "allowed"),
    [
        (Filters(source="市报"), {"fund.md", "visit.md"}),
        (Filters(source="省报"), {"land.md"}),
        (Filters(published_from=date(2021, 1, 1)), {"land.md"}),
        (Filters(published_from=date(2021, 3, 5)), {"land.md"}),
        (Filters(published_to=date(2020, 12, 31)), {"fund.md"}),
        (Filters(published_to=date(2020, 11, 17)), {"fund.md"}),
        (Filters(published_from=date(2020, 1, 1)), {"fund.md", "land.md"}),
        (Filters(source="市报", published_from=date(2020, 1, 1)), {"fund.md"}),
    ],
)
def test_only_documents_that_pass_the_filters_are_found(
    index: SearchIndex, filters: Filters, allowed: set[str]
) -> None:
    replies = [index.search(q, filters=filters) for q in (FUND_QUESTION, LAND_QUESTION, "老人说")]
    found = set().union(*map(paths, replies))
    assert found == allowed


def test_documents_can_be_named(index: SearchIndex, ids: dict[str, str]) -> None:
    chosen = Filters(document_ids=frozenset({ids["land.md"], "unknown"}))
    reply = index.ask(LAND_QUESTION, filters=chosen)
    assert reply.answer is not None
    assert paths(reply) == {"land.md"}


@pytest.mark.parametrize(
    "filters",
    [
        Filters(document_ids=frozenset({"unknown"})),
        Filters(document_ids=frozenset()),
        Filters(source="晚报"),
        Filters(published_from=date(2022, 1, 1)),
        Filters(published_to=date(1999, 1, 1)),
    ],
)
def test_filters_that_let_nothing_through_say_so(index: SearchIndex, filters: Filters) -> None:
    for reply in (index.ask(FUND_QUESTION, filters=filters), index.search("地", filters=filters)):
        assert (reply.answer, reply.reason, reply.citations) == (None, Reason.FILTERED_OUT, ())


def test_a_period_that_ends_before_it_begins_is_refused(index: SearchIndex) -> None:
    filters = Filters(published_from=date(2021, 1, 2), published_to=date(2021, 1, 1))
    with pytest.raises(BadFilter, match="published_to 不能早于 published_from") as caught:
        index.ask(FUND_QUESTION, filters=filters)
    assert caught.value.field == "filters.published_to"
    day = date(2020, 11, 17)
    one_day = Filters(published_from=day, published_to=day)
    assert paths(index.ask(FUND_QUESTION, filters=one_day)) == {"fund.md"}


# Questions that cannot be answered, or asked


@pytest.mark.parametrize("question", ["", " ", "\u3000\n"])
def test_an_empty_question_is_refused(index: SearchIndex, question: str) -> None:
    for use in (index.ask, index.search):
        with pytest.raises(BadQuestion, match="问题不能为空"):
            use(question)


def test_a_question_of_a_thousand_characters_is_read_and_a_longer_one_refused(
    index: SearchIndex,
) -> None:
    assert_proven(index, index.ask("钱地" * 500))
    with pytest.raises(BadQuestion, match="问题最长 1000 个字"):
        index.ask("钱地" * 500 + "？")


@pytest.mark.parametrize("top_k", [0, -1, 51])
def test_top_k_is_between_1_and_50(index: SearchIndex, top_k: int) -> None:
    with pytest.raises(BadQuestion, match="top_k 必须在 1 到 50 之间") as caught:
        index.search(FUND_QUESTION, top_k=top_k)
    assert caught.value.field == "top_k"


@pytest.mark.parametrize("question", ["？", "……！！《》", "😀👨‍👩‍👧", "()[]{}*\\'\"--", "\u200b"])
def test_a_question_without_a_word_finds_nothing(index: SearchIndex, question: str) -> None:
    for reply in (index.ask(question), index.search(question)):
        assert (reply.answer, reply.reason, reply.citations) == (None, Reason.NO_MATCH, ())


@pytest.mark.parametrize("question", ["hello world", "Straße", "١٢٣", "что", "' OR 1=1 --"])
def test_a_question_in_other_scripts_finds_nothing(index: SearchIndex, question: str) -> None:
    reply = index.ask(question)
    assert (reply.answer, reply.reason, reply.citations) == (None, Reason.NO_MATCH, ())


# Documents


def test_documents_are_listed_and_read_as_they_are(index: SearchIndex, ids: dict[str, str]) -> None:
    assert list(ids) == sorted(FILES)
    assert index.text(ids["land.md"]) == LAND
    assert index.document(ids["land.md"]).characters == len(LAND)
    assert index.documents(1, 1)[0][0].path == "land.md"
    for read in (index.document, index.text):
        with pytest.raises(UnknownDocument, match="没有编号为“nobody”的文档"):
            read("nobody")


def test_the_index_says_what_it_is(index: SearchIndex) -> None:
    info = index.info
    assert (info.model, info.dimensions, info.documents, info.passages) == ("subjects", 4, 3, 4)
    assert [(one.path, one.code) for one in info.skipped] == [("empty.txt", FileCode.EMPTY)]


# Opening


def test_opening_says_what_is_missing_or_does_not_fit(data: Path, tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match="还没有索引"):
        open_small(tmp_path)
    with pytest.raises(IndexMismatch, match="与当前模型 subjects（或其提示词、精度）不一致"):
        SearchIndex.open(data, SubjectEncoder(fingerprint="another"))
    (tmp_path / "CURRENT").write_text("../data")
    with pytest.raises(IndexDamaged, match="CURRENT 已损坏"):
        open_small(tmp_path)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (generation.LEXICON, None, "词表 lexicon.json 无法读取"),
        (generation.LEXICON, b"\xff", "词表 lexicon.json 无法读取"),
        (generation.LEXICON, b"{", "词表 lexicon.json 无法读取"),
        (generation.LEXICON, b"[]", "词表 lexicon.json 无法读取"),
        (generation.LEXICON, b"{}", "词表 lexicon.json 无法读取"),
        (generation.LITERAL, None, "原文索引 literal.txt 无法读取"),
        (generation.LITERAL, b"\xff", "原文索引 literal.txt 无法读取"),
    ],
)
def test_a_file_of_words_that_cannot_be_read_is_named_whatever_the_manifest_says(
    data: Path, tmp_path: Path, name: str, content: bytes | None, message: str
) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(generation.current_folder(data), folder)
    if content is None:
        (folder / name).unlink()
    else:
        (folder / name).write_bytes(content)
    manifest = generation.read_manifest(folder)
    with pytest.raises(IndexDamaged, match=f"{message}，请运行 scripts/rebuild_index"):
        SearchIndex(folder, manifest, SubjectEncoder())


def test_markup_that_makes_a_sentence_too_long_for_the_model_is_no_obstacle(
    tmp_path: Path,
) -> None:
    text = "**钱**" * 8 + "是真金白银。"
    corpus = write_corpus(tmp_path / "corpus", {"a.txt": text})
    encoder = SubjectEncoder(max_tokens=20)
    build_small(corpus, tmp_path / "data", encoder)
    with SearchIndex.open(tmp_path / "data", encoder, reader=None) as index:
        reply = index.ask("钱是真金白银")
        assert reply.answer is not None
        assert_proven(index, reply)


def test_threads_get_the_replies_that_one_would(index: SearchIndex) -> None:
    questions = [FUND_QUESTION, LAND_QUESTION, VAGUE_QUESTION, STRANGE_QUESTION]
    expected = [index.ask(question) for question in questions]
    failures: list[object] = []

    def use(shift: int) -> None:
        order = [(place + shift) % len(questions) for place in range(len(questions))]
        try:
            for place in order * 20:
                assert index.ask(questions[place]) == expected[place]
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=use, args=[shift]) for shift in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_highlights_hold_the_questions_words(index: SearchIndex) -> None:
    (citation,) = index.search("日照市", top_k=1).citations
    assert [fold(FUND[one.start : one.end]).text for one in citation.highlights] == ["日照市"]


def test_what_is_no_text_is_no_id_and_no_source(index: SearchIndex) -> None:
    with pytest.raises(UnknownDocument, match="没有编号为"):
        index.document("\ud800")
    with pytest.raises(BadFilter, match="不是文字"):
        index.ask("投入多少", filters=Filters(source="\ud800"))
    reply = index.ask("投入多少", filters=Filters(document_ids=frozenset({"\ud800"})))
    assert reply.reason is Reason.FILTERED_OUT
