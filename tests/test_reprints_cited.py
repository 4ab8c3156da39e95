"""The same passage in several documents: one citation that names every place, each provable."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from index.records import MAX_REPRINTS
from index.search_index import SearchIndex
from index.types import Citation, Filters, Metadata, Reason
from tests.corpora import FILES, SETTINGS, build_small, open_small, write_corpus

BRIDGE = "新建的石桥昨天通车，桥长420米，两岸的果农从此能把梨子送进集市，运费省下三成钱，也省时间。"
ELSEWHERE = "山里的老人说，桃花开了，从前来看花的人少，如今人人都来，一天比一天热闹。"
QUESTION = "新建的石桥有多长，省下多少钱和时间？"


def paper(source: str, published: str, *paragraphs: str) -> str:
    head = f"---\ntitle: 石桥通车\nsource: {source}\npublished: {published}\n---\n"
    return head + "\n\n".join(paragraphs) + "\n"


PAPERS = {
    "b1.md": paper("晨报", "2021-05-01", BRIDGE),
    "b2.md": paper("晚报", "2021-05-02", ELSEWHERE, BRIDGE),
    "b3.md": paper("日报", "2021-05-03", BRIDGE.replace("，", ",")),
    "b4.md": paper("周报", "2021-05-09", BRIDGE.replace("420", "480")),
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchIndex]:
    folder = tmp_path_factory.mktemp("reprints")
    build_small(write_corpus(folder / "corpus", {**FILES, **PAPERS}), folder / "data")
    with open_small(folder / "data") as opened:
        yield opened


def told(citations: tuple[Citation, ...]) -> list[tuple[str, list[str]]]:
    """Each citation's path, and those of its reprints."""
    return [(one.path, [other.path for other in one.reprints]) for one in citations]


def test_one_passage_in_three_papers_is_one_citation_with_two_reprints(
    index: SearchIndex,
) -> None:
    reply = index.ask(QUESTION)
    # Equal scores are in the order of the files.
    assert told(reply.citations)[:2] == [("b1.md", ["b2.md", "b3.md"]), ("b4.md", [])]
    cited = reply.citations[0]
    assert [other.metadata for other in cited.reprints] == [
        Metadata("石桥通车", "晚报", None, date(2021, 5, 2)),
        Metadata("石桥通车", "日报", None, date(2021, 5, 3)),
    ]
    for other in cited.reprints:
        text = index.text(other.document_id)
        assert BRIDGE in text[other.start : other.end].replace(",", "，")
        assert index.document(other.document_id).sha256 == other.sha256
        assert index.document(other.document_id).path == other.path


def test_with_a_filter_only_what_it_lets_through_is_told(index: SearchIndex) -> None:
    evening = index.search(QUESTION, filters=Filters(source="晚报")).citations
    assert told(evening)[0] == ("b2.md", [])
    assert BRIDGE in evening[0].text
    first_days = Filters(published_from=date(2021, 5, 2), published_to=date(2021, 5, 3))
    assert told(index.search(QUESTION, filters=first_days).citations)[0] == ("b2.md", ["b3.md"])
    reply = index.ask(QUESTION, filters=Filters(source="省报"))
    assert reply.reason is Reason.FILTERED_OUT


def test_a_reprint_takes_no_place_of_another_hit(index: SearchIndex) -> None:
    two = index.search(QUESTION, top_k=2).citations
    assert [one.path for one in two] == ["b1.md", "b4.md"]
    assert index.search(QUESTION, top_k=1).citations == two[:1]


def test_a_removed_paper_is_no_reprint_any_more(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "corpus", {**FILES, **PAPERS})
    build_small(corpus, tmp_path / "data")
    (corpus / "b1.md").unlink()
    assert build_small(corpus, tmp_path / "data").embedded == 0
    with open_small(tmp_path / "data") as index:
        assert told(index.search(QUESTION).citations)[0] == ("b2.md", ["b3.md"])


def test_of_very_many_reprints_some_are_told(tmp_path: Path) -> None:
    copies = {
        f"{number:02}.md": paper("晨报", "2021-05-01", BRIDGE, f"第{number}号人。")
        for number in range(MAX_REPRINTS + 3)
    }
    build_small(
        write_corpus(tmp_path / "corpus", {**FILES, **copies}),
        tmp_path / "data",
        settings=replace(SETTINGS, max_chars=len(BRIDGE)),
    )
    with open_small(tmp_path / "data") as index:
        cited = index.search(QUESTION, top_k=1).citations[0]
        paths = [cited.path, *(one.path for one in cited.reprints)]
        assert paths == sorted(copies)[: MAX_REPRINTS + 1]
