"""Documents and passages come back from the file exactly as they were written."""

from __future__ import annotations

import threading
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from index.errors import IndexDamaged, UnknownDocument
from index.records import Records, write_records
from index.types import Document, DocumentSummary, Filters, Metadata, Passage

ODD_TEXT = "\ufeff第一行\r\n\0第二行👨‍👩‍👧𠮷\n"
FULL = Metadata("铁塔", "百科", "甲", date(2020, 11, 17), "https://example.com/塔")
DOCUMENTS = (
    Document("b", "丙/b.txt", "铁塔高330米。建于1889年。", "sha-b", FULL, "utf-8"),
    Document("a", "a.txt", ODD_TEXT, "sha-a", Metadata("茶", source="茶报"), "gb18030"),
    Document("c", "甲.md", "……", "sha-c", Metadata("空", published=date(2021, 1, 1)), "utf-8"),
)
PASSAGES = (
    Passage("b", 0, 8, "铁塔高330米。", ("概况", "高度")),
    Passage("a", 1, 4, "第一行"),
    Passage("b", 8, 16, "建于1889年。", ("概况",)),
)
ALONE = np.arange(3, dtype=np.int32)


@pytest.fixture
def records(tmp_path: Path) -> Records:
    write_records(tmp_path / "records.sqlite", DOCUMENTS, PASSAGES, ALONE)
    return Records(tmp_path / "records.sqlite")


def test_passages_come_in_the_order_asked_for_with_their_documents(records: Records) -> None:
    found = records.passages([2, 0, 1, 2])
    assert [one.passage for one in found] == [PASSAGES[row] for row in (2, 0, 1, 2)]
    assert [one.document.id for one in found] == ["b", "b", "a", "b"]
    assert found[0].document == DocumentSummary("b", "丙/b.txt", FULL, "sha-b", "utf-8", 16, 2)


def test_a_text_comes_back_to_the_letter(records: Records) -> None:
    assert records.text("a") == ODD_TEXT
    assert records.document("a").characters == len(ODD_TEXT)


def test_documents_are_paged_by_path_and_counted(records: Records) -> None:
    first, total = records.documents(0, 2)
    rest, _ = records.documents(2, 2)
    assert total == 3
    assert [one.path for one in first + rest] == ["a.txt", "丙/b.txt", "甲.md"]
    assert [one.passages for one in first + rest] == [1, 2, 0]
    assert records.documents(3, 2) == ([], 3)


@pytest.mark.parametrize(
    ("filters", "rows"),
    [
        (Filters(document_ids=frozenset({"b"})), [0, 2]),
        (Filters(document_ids=frozenset({"a", "b", "nobody"})), [0, 1, 2]),
        (Filters(document_ids=frozenset({"nobody"})), []),
        (Filters(document_ids=frozenset()), []),
        (Filters(document_ids=frozenset({"c"})), []),
        (Filters(source="茶报"), [1]),
        (Filters(source="茶"), []),
        (Filters(source="' OR 1=1 --"), []),
        (Filters(published_from=date(2020, 11, 17)), [0, 2]),
        (Filters(published_from=date(2020, 11, 18)), []),
        (Filters(published_to=date(2020, 11, 17)), [0, 2]),
        (Filters(published_to=date(2020, 11, 16)), []),
        (Filters(source="百科", published_from=date(2020, 1, 1)), [0, 2]),
        (Filters(document_ids=frozenset({"a"}), source="百科"), []),
    ],
)
def test_filters_let_through_what_they_name_and_nothing_else(
    records: Records, filters: Filters, rows: list[int]
) -> None:
    allowed = records.allowed(filters)
    assert allowed is not None
    assert allowed.tolist() == rows


def test_without_filters_there_is_no_restriction(records: Records) -> None:
    assert records.allowed(Filters()) is None


@pytest.mark.parametrize("unknown", ["", "nobody", "B", "a' --"])
def test_an_unknown_document_is_named_in_the_error(records: Records, unknown: str) -> None:
    with pytest.raises(UnknownDocument, match=f"“{unknown}”"):
        records.document(unknown)
    with pytest.raises(UnknownDocument, match=f"“{unknown}”"):
        records.text(unknown)


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0" + b"\xff" * 100])
def test_a_damaged_file_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "records.sqlite").write_bytes(content)
    with pytest.raises(IndexDamaged, match=r"records\.sqlite"):
        Records(tmp_path / "records.sqlite")


def test_a_missing_file_is_refused_by_name_and_not_created(tmp_path: Path) -> None:
    with pytest.raises(IndexDamaged, match=r"records\.sqlite"):
        Records(tmp_path / "records.sqlite")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_may_have_any_name(tmp_path: Path) -> None:
    folder = tmp_path / "数据 100%?a=b#c"
    folder.mkdir()
    write_records(folder / "records.sqlite", DOCUMENTS, PASSAGES, ALONE)
    assert Records(folder / "records.sqlite").text("a") == ODD_TEXT


def test_reading_leaves_no_file_behind(tmp_path: Path, records: Records) -> None:
    records.passages([0])
    assert [path.name for path in tmp_path.iterdir()] == ["records.sqlite"]


def test_threads_share_one_connection(records: Records) -> None:
    failures: list[object] = []

    def read(row: int) -> None:
        try:
            for _ in range(200):
                (found,) = records.passages([row])
                assert found.passage == PASSAGES[row]
                assert records.text("a") == ODD_TEXT
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=read, args=[row]) for row in (0, 1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


@pytest.fixture
def printed(tmp_path: Path) -> Records:
    """Passages 1, 2, 3, 5 and 6 are one, of five documents; "d2" has it twice."""
    documents = [
        Document(
            f"d{n}",
            f"{n}.txt",
            "同文。同文。",
            f"sha-{n}",
            Metadata(f"报{n}", f"源{n % 2}"),
            "utf-8",
        )
        for n in range(5)
    ]
    passages = [
        Passage(name, start, start + 3, "同文。")
        for name, start in (
            *(("d4", 0), ("d3", 0), ("d2", 3), ("d2", 0)),
            *(("d0", 3), ("d1", 0), ("d0", 0), ("d4", 3)),
        )
    ]
    groups = np.array([0, 1, 1, 1, 4, 1, 1, 7], np.int32)
    write_records(tmp_path / "printed.sqlite", documents, passages, groups)
    return Records(tmp_path / "printed.sqlite")


def test_groups_come_back_as_written(printed: Records, records: Records) -> None:
    assert printed.groups().tolist() == [0, 1, 1, 1, 4, 1, 1, 7]
    assert printed.groups().dtype == np.int32
    assert records.groups().tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    ("row", "places"),
    [
        (1, [("d0", 0), ("d1", 0), ("d2", 3)]),
        (2, [("d0", 0), ("d1", 0), ("d3", 0)]),
        (3, [("d0", 0), ("d1", 0), ("d3", 0)]),
        (6, [("d1", 0), ("d2", 3), ("d3", 0)]),
        (0, []),
        (7, []),
    ],
)
def test_reprints_are_the_first_places_in_other_documents(
    printed: Records, row: int, places: list[tuple[str, int]]
) -> None:
    found = printed.reprints(row, Filters())
    assert [(one.document.id, one.passage.start) for one in found] == places


def test_reprints_keep_to_the_filters_and_the_limit(printed: Records) -> None:
    def names(filters: Filters, limit: int = 50) -> list[str]:
        return [one.document.id for one in printed.reprints(1, filters, limit)]

    assert names(Filters(source="源0")) == ["d0", "d2"]
    assert names(Filters(document_ids=frozenset({"d1", "d3"}))) == ["d1"]
    assert names(Filters(), 2) == ["d0", "d1"]


def test_every_passage_needs_its_group(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="shorter"):
        write_records(tmp_path / "records.sqlite", DOCUMENTS, PASSAGES, ALONE[:2])
