"""The stretches of time that questions name, as seen from one Wednesday."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.language.date_hints import date_hints
from index.types import DateHint

TODAY = date(2024, 5, 15)
WORDS = (
    *"0123456789０２一二十年月日号-—~到至自从近第前上下半 今去",
    *("2016", "2020年", "二〇二〇年", "11月", "17日", "季度", "世纪", "80年代", "2010年代"),
    *("今年", "去年", "上个月", "本周", "前天", "最近", "过去", "三年", "个月", "截至"),
    *(
        "以来",
        "以前",
        "之前",
        "以后",
        "之后",
        "至今",
        "年底",
        "“十四五”",
        "十三五",
        "期间",
        "十八大",
    ),
    *("年級", "黨的", "以來", "𠮷"),
)
questions = st.lists(st.sampled_from(WORDS), max_size=12).map("".join) | st.text()


def told(question: str) -> list[tuple[str, str | None, str | None]]:
    """Each hint's text and days, in ISO form."""
    return [
        (
            hint.text,
            hint.first.isoformat() if hint.first else None,
            hint.last.isoformat() if hint.last else None,
        )
        for hint in date_hints(question, TODAY)
    ]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2020年", "2020-01-01", "2020-12-31"),
        ("2020 年度", "2020-01-01", "2020-12-31"),
        ("２０２０年", "2020-01-01", "2020-12-31"),
        ("二〇二〇年", "2020-01-01", "2020-12-31"),
        ("二零二零年十一月", "2020-11-01", "2020-11-30"),
        ("2020年2月份", "2020-02-01", "2020-02-29"),
        ("2020年11月17日", "2020-11-17", "2020-11-17"),
        ("二○二○年十一月十七日", "2020-11-17", "2020-11-17"),
        ("2020年11月17号", "2020-11-17", "2020-11-17"),
        ("2020-11-17", "2020-11-17", "2020-11-17"),
        ("2020.1.7", "2020-01-07", "2020-01-07"),
        ("2020年上半年", "2020-01-01", "2020-06-30"),
        ("2020年下半年", "2020-07-01", "2020-12-31"),
        ("2020年第一季度", "2020-01-01", "2020-03-31"),
        ("2020年4季度", "2020-10-01", "2020-12-31"),
        ("2020年前三季度", "2020-01-01", "2020-09-30"),
        ("2020年前10个月", "2020-01-01", "2020-10-31"),
        ("2020年1-10月", "2020-01-01", "2020-10-31"),
        ("2020年3月到5月", "2020-03-01", "2020-05-31"),
        ("2020年3月5日至10日", "2020-03-05", "2020-03-10"),
        ("2020年3月5日—4月2日", "2020-03-05", "2020-04-02"),
        ("20世纪80年代", "1980-01-01", "1989-12-31"),
        ("二十世纪八十年代", "1980-01-01", "1989-12-31"),
        ("上世纪90年代", "1990-01-01", "1999-12-31"),
        ("本世纪20年代", "2020-01-01", "2029-12-31"),
        ("2010年代", "2010-01-01", "2019-12-31"),
    ],
)
def test_absolute_times(text: str, first: str, last: str) -> None:
    assert told(f"日照在{text}，扶贫资金是多少？") == [(text, first, last)]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("今年", "2024-01-01", "2024-12-31"),
        ("去年", "2023-01-01", "2023-12-31"),
        ("前年", "2022-01-01", "2022-12-31"),
        ("明年", "2025-01-01", "2025-12-31"),
        ("今年上半年", "2024-01-01", "2024-06-30"),
        ("去年十一月", "2023-11-01", "2023-11-30"),
        ("去年3月到今年2月", "2023-03-01", "2024-02-29"),
        ("今年以来", "2024-01-01", None),
        ("本月", "2024-05-01", "2024-05-31"),
        ("这个月", "2024-05-01", "2024-05-31"),
        ("上个月", "2024-04-01", "2024-04-30"),
        ("上月", "2024-04-01", "2024-04-30"),
        ("本周", "2024-05-13", "2024-05-19"),
        ("這週", "2024-05-13", "2024-05-19"),
        ("上周", "2024-05-06", "2024-05-12"),
        ("今天", "2024-05-15", "2024-05-15"),
        ("昨天", "2024-05-14", "2024-05-14"),
        ("前天", "2024-05-13", "2024-05-13"),
        ("近三年", "2021-05-15", "2024-05-15"),
        ("最近三年", "2021-05-15", "2024-05-15"),
        ("過去的五年", "2019-05-15", "2024-05-15"),
        ("近3年来", "2021-05-15", "2024-05-15"),
        ("近两个月", "2024-03-15", "2024-05-15"),
        ("近半年", "2023-11-15", "2024-05-15"),
        ("近两周", "2024-05-01", "2024-05-15"),
        ("近30天", "2024-04-15", "2024-05-15"),
    ],
)
def test_times_seen_from_today(text: str, first: str, last: str | None) -> None:
    assert told(f"{text}日照有哪些项目？") == [(text, first, last)]


def test_an_earlier_month_may_be_shorter() -> None:
    [hint] = date_hints("近一个月", date(2024, 3, 31))
    assert hint == DateHint("近一个月", date(2024, 2, 29), date(2024, 3, 31))
    [hint] = date_hints("近一年", date(2024, 2, 29))
    assert hint.first == date(2023, 2, 28)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2016年以来", "2016-01-01", None),
        ("自2016年", "2016-01-01", None),
        ("自2016年3月以来", "2016-03-01", None),
        ("2016年至今", "2016-01-01", None),
        ("2016年到现在", "2016-01-01", None),
        ("从2016年起", "2016-01-01", None),
        ("从2016年开始", "2016-01-01", None),
        ("2021年初以来", "2021-01-01", None),
        ("2020年底以来", "2020-12-31", None),
        ("1990年以后", "1990-01-01", None),
        ("2020年之后", "2021-01-01", None),
        ("2020年底之后", "2021-01-01", None),
        ("2020年11月17日之后", "2020-11-18", None),
        ("2020年以前", None, "2019-12-31"),
        ("2020年之前", None, "2019-12-31"),
        ("2020年11月之前", None, "2020-10-31"),
        ("2020年底前", None, "2020-12-31"),
        ("2020年年底以前", None, "2020-12-31"),
        ("截至2020年", None, "2020-12-31"),
        ("截止到去年6月", None, "2023-06-30"),
        ("2016年到2020年", "2016-01-01", "2020-12-31"),
        ("从2016年到2020年", "2016-01-01", "2020-12-31"),
        ("自2016年到2020年", "2016-01-01", "2020-12-31"),
        ("自2020-11-17", "2020-11-17", None),
        ("2016年-2020年3月", "2016-01-01", "2020-03-31"),
        ("2016-2020年", "2016-01-01", "2020-12-31"),
        ("2016至2020年", "2016-01-01", "2020-12-31"),
        ("2016年——2020年", "2016-01-01", "2020-12-31"),
        ("二〇一六年至二〇二〇年", "2016-01-01", "2020-12-31"),
        ("2016年至今年3月", "2016-01-01", "2024-03-31"),
    ],
)
def test_open_times_and_ranges(text: str, first: str | None, last: str | None) -> None:
    assert told(f"日照{text}投入了多少？") == [(text, first, last)]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("十二五期间", "2011-01-01", "2015-12-31"),
        ("“十三五”时期", "2016-01-01", "2020-12-31"),
        ("“十四五”", "2021-01-01", "2025-12-31"),
        ("十四五规划期", "2021-01-01", "2025-12-31"),
        ("十四五以来", "2021-01-01", None),
        ("第十五个五年规划", "2026-01-01", "2030-12-31"),
        ("建国以来", "1949-10-01", None),
        ("改革開放以來", "1978-12-18", None),
        ("党的十八大以来", "2012-11-08", None),
        ("十九大以来", "2017-10-18", None),
        ("黨的二十大以後", "2022-10-16", None),
    ],
)
def test_plans_and_events(text: str, first: str, last: str | None) -> None:
    assert told(f"{text}，全市脱贫了多少人？") == [(text, first, last)]


@pytest.mark.parametrize(
    ("question", "texts"),
    [
        ("2016年和2020年相比，去年怎么样？", ["2016年", "2020年", "去年"]),
        ("2020年春节、2021年年底", ["2020年", "2021年"]),
        ("2020年起诉、2019年开始的案子", ["2020年", "2019年"]),
        ("来自2016年的报告", ["2016年"]),
        ("2020年前往武汉的人", ["2020年"]),
        ("2010年代表大会", ["2010年"]),
        ("2020年来华的游客", ["2020年"]),
    ],
)
def test_what_is_not_sure_leaves_the_year(question: str, texts: list[str]) -> None:
    assert [text for text, _, _ in told(question)] == texts


@pytest.mark.parametrize(
    "question",
    [
        "",
        "日照有多少贫困户？",
        "2020年13月、2021-02-30、2020年11月31日、2020年5季度、二〇二〇年十三月",
        "2020年13月到2021年、2020年到2016年、2020年5月到3月",
        "3020年、0999年、12020年、公元前1046年、2020年级、2020",
        "80年代、十五、十四五岁、三十四五个人、九十年代",
        "2000年前、1500年的历史、1000年来、2020年前后",
        "几年来、近几年、近年来、近百年、近0年、附近三年",
        "以前年度、目前天气、失去年轻人、说明年份、资本周转、如今年轻、基本月薪、以上月份",
        "99世纪80年代、十世纪八十年代",
    ],
)
def test_what_cannot_be_or_is_not_sure_tells_nothing(question: str) -> None:
    assert told(question) == []


@given(questions, st.dates(date(1900, 1, 1), date(2200, 1, 1)))
def test_any_text_gives_slices_in_order(question: str, today: date) -> None:
    place = 0
    for hint in date_hints(question, today):
        assert hint.text
        place = question.index(hint.text, place) + len(hint.text)
        assert hint.first or hint.last
        assert hint.first is None or hint.last is None or hint.first <= hint.last


@given(
    st.integers(0, 3500),
    st.integers(0, 3500),
    st.sampled_from(["到", "至", "-", "—", "——", "~", " 到 "]),
    st.sampled_from(["", "年"]),
)
def test_ranges_of_years_as_an_oracle_has_them(one: int, two: int, to: str, unit: str) -> None:
    text = f"{one:04}{unit}{to}{two:04}年"
    hints = date_hints(f"日照{text}的资金", TODAY)
    if 1000 <= one <= two <= 2999:
        assert hints == (DateHint(text, date(one, 1, 1), date(two, 12, 31)),)
    else:
        assert all(hint.text != text for hint in hints)


@given(st.integers(1, 12), st.integers(1, 31), st.integers(1000, 2999))
def test_a_day_is_one_exactly_where_the_calendar_has_it(month: int, day: int, year: int) -> None:
    try:
        named = date(year, month, day)
    except ValueError:
        assert told(f"{year}年{month}月{day}日") == []
    else:
        [hint] = date_hints(f"{year}年{month}月{day}日", TODAY)
        assert (hint.first, hint.last) == (named, named)
