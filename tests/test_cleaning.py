"""Cleaning: rules against their own examples, and the properties of the spans kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.documents.cleaning import HEAD_LINES, Rule, cleaning_rules, keep_spans, matching_rule
from index.types import Span

SEEDS = Path(__file__).parents[2] / "shared" / "seeds"
PROSE = "春耕时节，全市农机下田作业。"
LINES = st.sampled_from(
    [
        PROSE,
        "记者从市农业局获悉，今年春耕提前。",
        "本报记者 王小明",
        "当前位置:首页 > 要闻",
        "来源：某某日报",
        "全市春耕生产全面展开",
        "",
        "\u3000\u3000",
        "# 小标题",
        "http://example.com/1",
    ]
)
PAGES = st.lists(st.tuples(LINES, st.sampled_from(["\n", "\r\n", "\r"])).map("".join)).map("".join)


def kept(text: str, start: int = 0, *, cleaned: bool = True, title: str = "") -> list[str]:
    spans = keep_spans(text, start, cleaned=cleaned, title=title)
    return [text[span.start : span.end] for span in spans]


@pytest.mark.parametrize("rule", cleaning_rules(), ids=lambda rule: rule.name)
def test_a_rule_matches_its_examples_and_not_its_counters(rule: Rule) -> None:
    assert rule.example
    assert rule.counter
    assert [line for line in rule.example if not rule.matches(line)] == []
    assert [line for line in rule.counter if rule.matches(line)] == []


def test_no_rule_takes_a_line_that_another_must_leave() -> None:
    counters = [line for rule in cleaning_rules() for line in rule.counter]
    taken = {line: matching_rule(line, head=True, tail=True) for line in counters}
    assert {line: rule for line, rule in taken.items() if rule} == {}


def test_names_of_rules_are_unique() -> None:
    names = [rule.name for rule in cleaning_rules()]
    assert len(names) == len(set(names))


def test_page_furniture_goes_and_news_stays() -> None:
    text = (
        f"当前位置:首页\n我要投稿\n\n标题\n\n{PROSE}\n本报记者 王小明\n{PROSE}\n编辑:李文\n审核:\n"
    )
    assert kept(text) == [f"标题\n\n{PROSE}", PROSE]


def test_spans_are_exact() -> None:
    text = f"  \r\n来源：某某日报\r\n\u3000\u3000{PROSE}\r\n\r\n{PROSE}  \r\n"
    start = text.index(PROSE)
    assert keep_spans(text) == [Span(start, text.rindex("。") + 1)]


def test_front_matter_is_left_out_by_its_end() -> None:
    text = f"---\ntitle: 甲\n---\n{PROSE}"
    assert keep_spans(text, text.index(PROSE)) == [Span(text.index(PROSE), len(text))]


def test_cleaning_can_be_switched_off() -> None:
    text = f"\n我要投稿\n{PROSE}\n编辑:李文\n"
    assert kept(text, cleaned=False) == [text.strip()]


def test_rules_of_the_edges_leave_the_middle_alone() -> None:
    line = "来源：种植与务工"
    around = f"{PROSE}\n" * (HEAD_LINES + 5)
    assert line in "".join(kept(around + f"{line}\n" + around))
    assert kept(f"{line}\n{PROSE}") == [PROSE]


def test_bylines_in_the_middle_go_too() -> None:
    around = f"{PROSE}\n" * (HEAD_LINES + 5)
    assert len(kept(f"{around}某某晚报·某某客户端\n通讯员 孙强\n记者 王小明\n{around}")) == 2


def test_a_repeated_headline_is_kept_once() -> None:
    headline = "某市全市春耕生产全面展开"
    text = f"{headline}\n{PROSE}\n{headline}\n{PROSE}\n"
    assert kept(text) == [f"{headline}\n{PROSE}", PROSE]
    assert kept(text, title=headline) == [PROSE, PROSE]


@pytest.mark.parametrize(
    "line", ["短标题", PROSE, "## 申请材料和办理流程说明", "| 项目名称 | 金额合计数 |"]
)
def test_other_repeats_stay(line: str) -> None:
    text = f"{line}\n第一段。\n{line}\n第二段。"
    assert kept(text) == [text]


def test_a_headline_that_stands_once_stays() -> None:
    text = f"某市全市春耕生产全面展开\n{PROSE}"
    assert kept(text, title="某市全市春耕生产全面展开") == [text]


def test_text_of_furniture_only_gives_nothing() -> None:
    assert kept("我要投稿\n返回顶部\n") == []
    assert kept("") == kept(" \n\u3000\n") == []


@given(PAGES | st.text(), st.integers(min_value=0, max_value=20), st.booleans())
def test_spans_are_sorted_disjoint_trimmed_and_inside(text: str, start: int, cleaned: bool) -> None:
    end = min(start, len(text))
    for span in keep_spans(text, end, cleaned=cleaned, title="全市春耕生产全面展开"):
        assert end <= span.start < span.end <= len(text)
        piece = text[span.start : span.end]
        assert piece == piece.strip()
        end = span.end


@given(PAGES | st.text())
def test_without_cleaning_all_text_is_kept(text: str) -> None:
    assert kept(text, cleaned=False) == ([text.strip()] if text.strip() else [])


@given(PAGES)
def test_whole_lines_are_kept_or_dropped(text: str) -> None:
    lines = {line.strip() for line in text.splitlines()}
    assert all(line.strip() in lines for piece in kept(text) for line in piece.splitlines())


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the sample articles are not here")
def test_the_sample_articles_lose_little() -> None:
    for path in sorted(SEEDS.glob("*.txt")):
        text = path.read_bytes().decode()
        searched = "".join(kept(text))
        assert len(searched) > 0.85 * len("".join(text.split()))
        assert "当前位置" not in searched
        assert "记者 " not in searched
