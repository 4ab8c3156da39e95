"""Folding: one form, and no place lost."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index.language.folding import Folded, fold, readable, simplify

# Figures, their marks and letters without anything between them: what belongs to what shows only
# when the first of them has its form.
TOUCHING = re.compile(
    r"[0-9万亿元%‰之][¥￥]|[0-9万亿%‰²][百千]分之"
    r"|(?:[A-Za-z]|[¥￥]\s*)[0-9.,²]*[万亿\s]*[零〇一二两三五九十百千¥￥]"
)
# Not ß, which two letters stand for: only afterwards is ß² a letter with a power.
PIECES = st.sampled_from(
    (
        *"0123456789年月日号元人%‰个条章届第点万亿千百十零〇一二两三五九廿几数上余多至到周张分之米克瓦",
        *"〔〕()（）[]【】［］,，.．。、:：-－—–~～/ \n\t\u3000\u00a0\u2002",
        *"abKMkmgIXİſé\u0301\u0308１２ＡＢｋｍ％￥¥℃°²³₂①⑩㈠⒈½Ⅱ№㎡㎏㏠㋀⼀⽇豈萬億號條農業發薴苧😀👨\u200d👩\ufe0f",
        *("——", "2024", "03", "000", "百分之", "千分之", "平方千米", "块钱", "平米", "公里", "km"),
        *("m2", "km/h", "公里/h", "kg", "季度", "星期", "小时", "个月", "号楼", "国办发"),
    )
)
TEXTS = (
    st.lists(PIECES, max_size=14)
    .map("".join)
    .filter(lambda text: not TOUCHING.search(unicodedata.normalize("NFKC", text)))
)


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


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ＧＤＰ", "gdp"),
        ("PM₂.₅", "pm2.5"),
        ("元/m²", "元/m2"),
        ("元/㎡", "元/m2"),
        ("（一）", "(一)"),
        ("É", "é"),
        ("E\u0301", "é"),
        ("Straße", "strasse"),
        ("⼀⽉", "1月"),
        ("臺灣", "台湾"),
        ("a,b，c", "a，b，c"),
        ("①5000元", "①5000元"),
        ("😀", "😀"),
        ("", ""),
    ],
)
def test_one_form(text: str, folded: str) -> None:
    assert fold(text).text == folded


def test_places() -> None:
    assert fold("共㎡，二〇二四年 3\u3000月，GDP") == Folded(
        "共m2，2024年3月，gdp",
        [0, 1, 1, 2, 3, 3, 3, 3, 7, 9, 11, 12, 13, 14, 15],
        [1, 2, 2, 3, 7, 7, 7, 7, 8, 10, 12, 13, 14, 15, 16],
    )


def test_a_figure_stands_for_all_that_it_was_written_with() -> None:
    assert fold("约03月，三千万元") == Folded(
        "约3月，3000万元",
        [0, 1, 3, 4, 5, 5, 5, 5, 5, 8],
        [1, 3, 4, 5, 8, 8, 8, 8, 8, 9],
    )


def test_the_model_reads_marks_in_their_own_width_and_capitals() -> None:
    assert readable("ＧＤＰ，增長：三千萬元？") == "GDP，增长：3000万元？"


def test_every_character_folds_once_and_for_all() -> None:
    characters = [chr(code) for code in range(0x20000) if not 0xD800 <= code < 0xE000]
    for pattern in ("{}", "5{}", "{}5000元", "m{}"):
        text = "\n".join(map(pattern.format, characters))
        once = fold(text).text
        assert fold(once).text == once
        assert fold(readable(text)).text == once
