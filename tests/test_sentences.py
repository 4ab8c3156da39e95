from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.passages.sentences import cut_long, ends_sentence, sentence_spans, trimmed
from index.types import Span

TEXTS = st.text(alphabet="日照投入元10.4 ，。！？；…”’」）\n\r\u3000😀a.", max_size=120)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("投入10.4亿元。成效好！", ["投入10.4亿元。", "成效好！"]),
        ("他说：“好。”大家笑了……", ["他说：“好。”", "大家笑了……"]),
        ("甲；乙；丙", ["甲；", "乙；", "丙"]),
        ("真的吗？！「是的。」", ["真的吗？！", "「是的。」"]),
        ("See v1.2. 然后结束", ["See v1.2.", "然后结束"]),
        ("  \u3000 ", []),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, sentences: list[str]) -> None:
    assert [text[s.start : s.end] for s in sentence_spans(text)] == sentences


@given(TEXTS)
def test_sentences_lose_no_character_but_white_space(text: str) -> None:
    spans = list(sentence_spans(text))
    kept = {place for span in spans for place in range(span.start, span.end)}
    assert all(text[place].isspace() for place in set(range(len(text))) - kept)
    assert all(a.end <= b.start for a, b in pairwise(spans))


@given(TEXTS.filter(lambda text: text.strip() != ""), st.integers(1, 30))
def test_a_cut_sentence_keeps_every_word_within_the_limit(text: str, limit: int) -> None:
    pieces = list(cut_long(text, trimmed(text, 0, len(text)), limit))
    assert all(piece.end - piece.start <= limit for piece in pieces)
    kept = {place for piece in pieces for place in range(piece.start, piece.end)}
    assert all(text[place].isspace() for place in set(range(len(text))) - kept)


def test_a_long_sentence_is_cut_after_a_pause() -> None:
    text = "甲乙丙丁戊，己庚辛壬癸"
    assert list(cut_long(text, Span(0, len(text)), 8)) == [Span(0, 6), Span(6, 11)]


@pytest.mark.parametrize(
    ("line", "ends"),
    [
        ("完成。", True),
        ("他说“好。”", True),
        ("**完成。**", True),
        ("投资1500万元", False),
        ("", False),
    ],
)
def test_whether_a_line_ends_a_sentence(line: str, ends: bool) -> None:
    assert ends_sentence(line) is ends
