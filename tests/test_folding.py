"""Folding: one form, and no place lost."""

from __future__ import annotations

import re
import sys
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index.folding import Folded, fold, readable, simplify

# Not ß, which two letters stand for: only afterwards is ß² a letter with a power.
PIECES = st.sampled_from(
    [*"0123456789年月日号元人%‰个条章届第点万亿千百十零〇一二两三五九几数上余多至到周张分之米克瓦"]
    + [*"〔〕()（）[]【】［］,，.．。、:：-－—–~～/ \n\t\u3000\u00a0\u2002"]
    + [
        *"abKMkmgIXİſé\u0301\u0308１２ＡＢｋｍ％￥¥℃°²³₂①⑩㈠⒈½Ⅱ№㎡㎏㏠㋀⼀⽇豈萬億號條農業發薴苧😀👨‍👩‍👧"
    ]
    + [
        "——",
        "2024",
        "03",
        "000",
        "百分之",
        "千分之",
        "平方千米",
        "块钱",
        "平米",
        "公里",
        "km",
        "m2",
    ]
    + ["季度", "星期", "小时", "个月", "号楼", "%", "国办发", "km/h", "公里/h", "公里/小时", "kg"]
)
TEXTS = st.lists(PIECES, max_size=14).map("".join)


@given(TEXTS)
def test_no_place_is_lost(text: str) -> None:
    folded = fold(text)
    assert len(folded.text) == len(folded.starts) == len(folded.ends)
    assert folded.starts == sorted(folded.starts)
    assert folded.ends == sorted(folded.ends)
    spans = list(zip(folded.starts, folded.ends, strict=True))
    assert all(0 <= start < end <= len(text) for start, end in spans)
    covered = {place for start, end in spans for place in range(start, end)}
    assert all(text[place].isspace() for place in range(len(text)) if place not in covered)


@given(TEXTS)
@example("①㎡")
@example("1，000元")
@example("⒈5,000万")
@example("三千 元")
def test_folding_twice_is_folding_once(text: str) -> None:
    once = fold(text).text
    assert fold(once).text == once


@given(TEXTS)
def test_reading_twice_is_reading_once(text: str) -> None:
    once = readable(text)
    assert readable(once) == once


@given(TEXTS)
def test_what_the_model_reads_folds_to_the_same(text: str) -> None:
    assert fold(readable(text)).text == fold(text).text


@given(TEXTS)
def test_traditional_folds_as_simplified(text: str) -> None:
    assert fold(simplify(text)).text == fold(text).text
