"""The page of an evaluation, read back as a browser would."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest
from evaluation_page import write_page
from measures import Row
from metrics import Bin

VOID = {"meta", "br", "hr", "img", "link"}
NAME = "<b>题库</b> & $x$"
TIMES = {"embed": {"p50": 5.04, "p99": 7.06}, "total": {"p50": 11.02, "p99": 23.04}}
TYPED = {"who": {"questions": 2, "document@1": 0.625, "evidence@1": 0.375, "evidence@5": 0.875}}
ROWS = [
    Row(
        NAME,
        "ours",
        3,
        1,
        {"document@1": 0.75, "evidence@1": 0.5, "refusal AUC": 0.8125, "ECE": 0.0625},
        TYPED,
        TIMES,
        "question to answer",
        (Bin(2, 0.75, 0.5), Bin(1, 0.95, 1.0)),
    ),
    Row("other", "BM25", 2, 0, {"document@1": 0.25}, {}, TIMES, "search alone", ()),
]


class Reader(HTMLParser):
    """Checks that tags close in order; keeps the tables' cells and all words."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.rows: list[list[str]] = []
        self.tags: list[str] = []
        self.words = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in VOID:
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data
        if self.open and self.open[-1] in ("td", "th"):
            self.rows[-1][-1] += " ".join(data.split())


@pytest.fixture
def page(tmp_path: Path) -> Reader:
    write_page(tmp_path / "page.html", ROWS, "scripts/evaluate '<set>'")
    return Reader((tmp_path / "page.html").read_text(encoding="utf-8"))


def test_the_page_is_well_formed_and_needs_no_other_file(page: Reader) -> None:
    assert page.open == []
    assert {"script", "link", "img"}.isdisjoint(page.tags)
    assert "scripts/evaluate '<set>'" in page.words


def test_its_tables_have_every_figure(page: Reader) -> None:
    assert page.rows == [
        ["set", "method", "questions", "unanswerable", *ROWS[0].measures],
        [NAME, "ours", "3", "1", "0.750", "0.500", "0.812", "0.062"],
        ["other", "BM25", "2", "0", "0.250", "", "", ""],
        ["set", "method", "embed", "total", "timed"],
        [NAME, "ours", "5.0 / 7.1", "11.0 / 23.0", "question to answer"],
        ["other", "BM25", "5.0 / 7.1", "11.0 / 23.0", "search alone"],
        ["set", "method", "type", "questions", "document@1", "evidence@1", "evidence@5"],
        [NAME, "ours", "who", "2", "0.625", "0.375", "0.875"],
    ]


def test_its_charts_are_of_what_was_measured(page: Reader, tmp_path: Path) -> None:
    assert page.tags.count("svg") == 4
    assert f"{NAME} (ECE 0.062)" in page.words
    assert "b" not in page.tags
    write_page(tmp_path / "plain.html", ROWS[1:], "scripts/evaluate")
    plain = Reader((tmp_path / "plain.html").read_text(encoding="utf-8"))
    assert plain.tags.count("svg") == 1
    assert "reliability" not in plain.words


def test_the_same_figures_make_the_same_page(page: Reader, tmp_path: Path) -> None:
    first = (tmp_path / "page.html").read_bytes()
    write_page(tmp_path / "page.html", ROWS, "scripts/evaluate '<set>'")
    assert (tmp_path / "page.html").read_bytes() == first
