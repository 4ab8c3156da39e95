from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.language.tokens import word_over_seam
from index.passages.blocks import heading_text, joined, split_blocks
from index.types import Span


def blocks_of(text: str) -> list[tuple[int, str]]:
    found = split_blocks(text, Span(0, len(text)), word_over_seam)
    return [(block.level, joined(text, block.lines)) for block in found]


def test_a_word_broken_over_a_blank_line_is_joined() -> None:
    text = "2016年10月,古城镇探索开\n\n展“结穷亲”活动,效果很好。"
    assert blocks_of(text) == [(0, "2016年10月,古城镇探索开展“结穷亲”活动,效果很好。")]


def test_a_list_item_broken_in_a_word_is_joined_with_the_next_item() -> None:
    text = "- 贫困人口通过转移就\n\n- 业脱贫4939人。"
    (level, _words) = blocks_of(text)[0]
    assert (level, len(blocks_of(text))) == (0, 1)


def test_a_long_line_without_an_end_mark_runs_on() -> None:
    text = "一二三四五六七八九十" * 5 + "\n\n建成中心。"
    assert blocks_of(text) == [(0, text.replace("\n", ""))]


def test_wrapped_lines_make_one_paragraph_whatever_else_the_text_holds() -> None:
    wrapped = (
        "今年安排资金用于改造农村道路并且打算在\n三年之内完成全部道路的硬化工程和亮化\n进展顺利。"
    )
    long = "另一段话。" * 60
    assert blocks_of(f"{long}\n\n{wrapped}")[1:] == [(0, wrapped.replace("\n", ""))]


def test_a_short_line_without_an_end_mark_is_a_heading() -> None:
    text = "第一章 总则\n\n全市实行新办法。\n\n一、适用范围\n本办法适用于全市。\n"
    assert [level for level, _ in blocks_of(text)] == [11, 0, 13, 0]


def test_markdown_headings_have_their_level_and_lose_their_marks() -> None:
    text = "## 资金 ##\n投入10.4亿元。"
    (first, second) = split_blocks(text, Span(0, len(text)), word_over_seam)
    assert (first.level, heading_text(text, first), second.level) == (2, "资金", 0)


def test_many_short_lines_are_a_list_and_no_headings() -> None:
    text = "床前明月光\n疑是地上霜\n举头望明月\n低头思故乡"
    assert [level for level, _ in blocks_of(text)] == [0, 0, 0, 0]


def test_an_indented_line_begins_a_paragraph() -> None:
    text = "  请看这样一组数字\n  全市投入三亿元。"
    assert len(blocks_of(text)) == 2


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028"])
def test_every_kind_of_line_end_ends_a_line(end: str) -> None:
    assert blocks_of(f"甲完成。{end}乙完成。") == [(0, "甲完成。"), (0, "乙完成。")]


@given(st.text(alphabet="日照就业。，：#-* \u3000\n\r1、第章（“”)", max_size=80))
def test_every_word_is_in_exactly_one_block(text: str) -> None:
    lines = [
        line
        for block in split_blocks(text, Span(0, len(text)), word_over_seam)
        for line in block.lines
    ]
    assert all(a.end <= b.start for a, b in pairwise(lines))
    kept = {place for line in lines for place in range(line.start, line.end)}
    assert all(text[place].isspace() for place in set(range(len(text))) - kept)
