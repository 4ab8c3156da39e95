from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.language.tokens import word_over_seam
from index.passages.chunking import Chunk, chunk_document, fit
from index.types import Document, Metadata, Span

CHINESE = st.text(
    alphabet="日照市投入扶贫资金元年月10.4，。！？；…“”：、（）#-* \u3000\t\r\n😀👨‍👩‍👧繁體字aB",
    max_size=600,
)


def document_of(text: str, title: str = "标题") -> Document:
    return Document("id", "a.txt", text, "", Metadata(title), "utf-8")


def chunks_of(text: str, max_chars: int = 250, title: str = "标题") -> list[Chunk]:
    document = document_of(text, title)
    return list(chunk_document(document, [Span(0, len(text))], max_chars, word_over_seam))


@given(CHINESE, st.integers(1, 300))
def test_every_passage_is_a_slice_of_its_document(text: str, max_chars: int) -> None:
    for chunk in chunks_of(text, max_chars):
        passage = chunk.passage
        assert text[passage.start : passage.end] == passage.text
        assert 0 < len(passage.text) <= max_chars
        assert passage.text == passage.text.strip()


@given(CHINESE, st.integers(20, 300))
def test_passages_do_not_overlap_and_lose_no_word(text: str, max_chars: int) -> None:
    chunks = chunks_of(text, max_chars)
    passages = [chunk.passage for chunk in chunks]
    assert all(a.end <= b.start for a, b in pairwise(passages))
    quoted = {place for p in passages for place in range(p.start, p.end)}
    in_headings = "".join(heading for p in passages for heading in p.headings)
    lost = {text[place] for place in set(range(len(text))) - quoted if text[place].isalnum()}
    assert lost <= set(in_headings)


@given(CHINESE, st.integers(3, 60))
def test_no_passage_is_above_what_the_model_reads(text: str, limit: int) -> None:
    def count(texts: list[str]) -> list[int]:
        return [len(words) for words in texts]

    fitting = fit(chunks_of(text), limit, lambda texts: count(list(texts)), text)
    for chunk in fitting:
        assert len(chunk.searched) <= limit
        assert text[chunk.passage.start : chunk.passage.end] == chunk.passage.text


def test_paragraphs_that_fit_share_a_passage_and_others_are_split_at_sentences() -> None:
    short = "甲完成了任务。\n乙完成了任务。\n"
    long = "这一句话一共有十二个字。" * 10
    texts = [chunk.passage.text for chunk in chunks_of(short + long, 60)]
    assert texts[0].startswith("甲完成了任务。\n乙完成了任务。")
    assert all(text.endswith("。") and len(text) <= 60 for text in texts)


def test_headings_are_context_and_not_quoted() -> None:
    text = "# 扶贫\n\n## 资金\n\n投入10.4亿元。\n\n## 教育\n\n资助学生。\n"
    chunks = chunks_of(text)
    assert [(c.passage.text, c.passage.headings) for c in chunks] == [
        ("投入10.4亿元。", ("扶贫", "资金")),
        ("资助学生。", ("扶贫", "教育")),
    ]
    assert chunks[0].searched == "标题 扶贫 资金\n投入10.4亿元。"


def test_a_heading_with_nothing_below_it_can_still_be_found() -> None:
    assert [c.passage.text for c in chunks_of("投入资金。\n\n全市工作会议召开")] == [
        "投入资金。",
        "全市工作会议召开",
    ]


def test_a_broken_sentence_is_searched_whole_and_quoted_as_it_stands() -> None:
    text = "贫困人口通过转移就\n\n业脱贫4939人。"
    (chunk,) = chunks_of(text)
    assert chunk.words == "贫困人口通过转移就业脱贫4939人。"
    assert chunk.passage.text == text


def test_a_removed_line_is_in_no_passage() -> None:
    text = "前一段。广告后一段。"
    document = document_of(text)
    kept = [Span(0, 4), Span(6, 10)]
    chunks = list(chunk_document(document, kept, 250, word_over_seam))
    assert [chunk.passage.text for chunk in chunks] == ["前一段。", "后一段。"]


@pytest.mark.parametrize("text", ["", "  \u3000\r\n", "……！！", "---\n***"])
def test_a_text_without_words_has_no_passages(text: str) -> None:
    assert chunks_of(text) == []


def test_a_text_without_punctuation_is_cut_at_the_limit() -> None:
    passages = [chunk.passage for chunk in chunks_of("无" * 1000, 250)]
    assert [(p.start, p.end) for p in passages] == [(0, 250), (250, 500), (500, 750), (750, 1000)]


def test_emphasis_is_quoted_but_not_searched() -> None:
    (chunk,) = chunks_of("投入**10.4亿元**。")
    assert (chunk.passage.text, chunk.words) == ("投入**10.4亿元**。", "投入10.4亿元。")


def test_words_hold_no_markup_after_a_passage_is_halved() -> None:
    (chunk,) = chunks_of("甲乙丙丁。戊己庚辛。")
    halves = fit([chunk], 9, lambda texts: [len(t) for t in texts], chunk.passage.text)
    assert [half.passage.text for half in halves] == ["甲乙丙丁。", "戊己庚辛。"]
    assert all(re.fullmatch(r"\w+。", half.words) for half in halves)


@pytest.mark.parametrize(
    ("path", "title", "context"),
    [
        ("a/000123.txt", "000123", ""),
        ("crud-64fa9b.md", "crud-64fa9b", ""),
        ("扶贫2020.txt", "扶贫2020", "扶贫2020"),
        ("report.txt", "report", "report"),
        ("x.txt", "000123", "000123"),
    ],
)
def test_a_file_name_that_only_numbers_is_no_context(path: str, title: str, context: str) -> None:
    document = Document("id", path, "正文。", "", Metadata(title), "utf-8")
    (chunk,) = chunk_document(document, [Span(0, 3)], 250, lambda tail, head: False)
    assert chunk.context == context
