"""What the ask command tells a person: whole texts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from reply_text import MOST_REPRINTS, REASONS, reply_text

from index.types import Answer, Citation, DateHint, Metadata, Reason, Reply, Reprint, Scores

TEXT = "桥长420米。新桥昨天通车。"
NEW_YEAR = date(2016, 1, 1)
UNREAD = Scores(0.9, 0.8)


def citation(
    rank: int, metadata: Metadata, *reprints: Reprint, scores: Scores = UNREAD
) -> Citation:
    return Citation(
        rank=rank,
        score=0.876,
        scores=scores,
        document_id="a",
        path="news/桥.md",
        metadata=metadata,
        headings=(),
        text=TEXT,
        start=1204,
        end=1204 + len(TEXT),
        highlights=(),
        sha256="0" * 64,
        reprints=reprints,
    )


def reprint(number: int) -> Reprint:
    return Reprint(f"{number}", f"{number}.txt", Metadata("转"), number, number + 14, "1" * 64)


def reply(
    *citations: Citation, reason: Reason | None = None, dates: tuple[DateHint, ...] = ()
) -> Reply:
    answer = None if reason else Answer("桥长420米。", "桥长420米。", 0.9, 1, 1204, 1211)
    return Reply("新桥有多长？", answer, reason, citations, "v1", dates)


def test_an_answer_with_its_times_its_passages_and_their_other_places() -> None:
    known = Metadata("新桥", "市报", None, date(2020, 11, 17))
    dates = (DateHint("2016年以来", NEW_YEAR, None),)
    told = reply(citation(1, known, reprint(1)), citation(2, Metadata("桥")), dates=dates)
    assert reply_text(told) == (
        "答：桥长420米。（出处 [1]）\n"
        "问题里提到的时间：2016年以来（2016-01-01 起）\n"
        "\n"
        "[1] 新桥 · 市报 · 2020-11-17\n"
        "    news/桥.md 第 1204–1218 字，得分 0.88\n"
        "    另见于：1.txt 第 1–15 字\n"
        f"{TEXT}\n"
        "\n"
        "[2] 桥\n"
        "    news/桥.md 第 1204–1218 字，得分 0.88\n"
        f"{TEXT}"
    )


def test_what_others_say_follows_the_answer() -> None:
    read = citation(2, Metadata("桥"), scores=Scores(0.9, 0.8, 0.7))
    others = (Answer("402米", TEXT, 0.8, 2, 1206, 1210), Answer("四百米", TEXT, 0.7, 3, 9, 12))
    dates = (DateHint("2016年以来", NEW_YEAR, None),)
    told = replace(reply(read, dates=dates), alternatives=others)
    assert reply_text(told) == (
        "答：桥长420米。（出处 [1]）\n"
        "另一处的说法：402米（出处 [2]）\n"
        "另一处的说法：四百米（出处 [3]）\n"
        "问题里提到的时间：2016年以来（2016-01-01 起）\n"
        "\n"
        "[2] 桥\n"
        "    news/桥.md 第 1204–1218 字，能回答的概率 0.88\n"
        f"{TEXT}"
    )


@pytest.mark.parametrize("reason", list(Reason))
def test_without_an_answer_it_says_why_not(reason: Reason) -> None:
    assert reply_text(reply(reason=reason)) == REASONS[reason]


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (NEW_YEAR, None, "2016-01-01 起"),
        (None, NEW_YEAR, "2016-01-01 及以前"),
        (NEW_YEAR, NEW_YEAR, "2016-01-01"),
        (NEW_YEAR, date(2016, 12, 31), "2016-01-01 至 2016-12-31"),
    ],
)
def test_a_time_is_told_by_its_days(first: date | None, last: date | None, said: str) -> None:
    told = reply_text(reply(dates=(DateHint("那时", first, last),)))
    assert told.splitlines()[1:] == [f"问题里提到的时间：那时（{said}）"]


def test_several_times_stand_on_one_line() -> None:
    dates = (DateHint("2016年", NEW_YEAR, date(2016, 12, 31)), DateHint("昨天", NEW_YEAR, NEW_YEAR))
    assert reply_text(reply(reason=Reason.NO_MATCH, dates=dates)).splitlines()[1:] == [
        "问题里提到的时间：2016年（2016-01-01 至 2016-12-31）；昨天（2016-01-01）"
    ]


def test_of_many_other_places_the_first_are_named_and_all_are_counted() -> None:
    some = [reprint(number) for number in range(MOST_REPRINTS + 2)]
    for many, said in ((MOST_REPRINTS, ""), (MOST_REPRINTS + 2, f"；等 {MOST_REPRINTS + 2} 处")):
        lines = reply_text(reply(citation(1, Metadata("桥"), *some[:many]))).splitlines()
        places = "；".join(f"{n}.txt 第 {n}–{n + 14} 字" for n in range(MOST_REPRINTS))
        assert lines[4] == f"    另见于：{places}{said}"
