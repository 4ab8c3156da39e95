"""Dates in digits and in Han numerals."""

from __future__ import annotations

from datetime import date

import pytest

from index.documents.dates import parse_date


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-3-5", date(2024, 3, 5)),
        ("2024 年 3 月 5 日", date(2024, 3, 5)),
        ("2024-03-05T08:30:00Z", date(2024, 3, 5)),
        ("二〇二〇年十一月二十日", date(2020, 11, 20)),
        ("二○二四年十月三十一日", date(2024, 10, 31)),
        ("2023-02-29", None),
        ("0000-01-01", None),
        ("二〇二四年十三月一日", None),
        ("12024-03-05", None),
        ("去年春天", None),
    ],
)
def test_parse_date(text: str, day: date | None) -> None:
    assert parse_date(text) == day
