"""The documents and passages of one generation, as one SQLite file that is never written again."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.errors import IndexDamaged, UnknownDocument
from index.types import Document, DocumentSummary, Filters, Metadata, Passage

_SCHEMA = """
CREATE TABLE document (
    row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, path TEXT NOT NULL, title TEXT NOT NULL,
    source TEXT, author TEXT, published TEXT, url TEXT, sha256 TEXT NOT NULL,
    encoding TEXT NOT NULL, characters INTEGER NOT NULL, passages INTEGER NOT NULL,
    text TEXT NOT NULL
);
CREATE TABLE passage (
    row INTEGER PRIMARY KEY, document INTEGER NOT NULL REFERENCES document(row),
    start INTEGER NOT NULL, end INTEGER NOT NULL, headings TEXT NOT NULL, text TEXT NOT NULL,
    reprint_of INTEGER NOT NULL REFERENCES passage(row)
);
CREATE INDEX passage_document ON passage(document);
CREATE INDEX passage_reprint ON passage(reprint_of);
"""
_SUMMARY = "id, path, title, source, author, published, url, sha256, encoding, characters, passages"
MAX_REPRINTS = 50
"""How many reprints of one passage are told at most."""


@dataclass(frozen=True, slots=True)
class Found:
    """A passage with what is known of its document."""

    passage: Passage
    document: DocumentSummary


def write_records(
    path: Path,
    documents: Sequence[Document],
    passages: Sequence[Passage],
    groups: NDArray[np.int32],
) -> None:
    """Write a new file; passage number i (from 0) gets row i.

    `groups` are the rows of the first passages of the passages' groups of reprints: (passages,).
    """
    rows = {document.id: row for row, document in enumerate(documents)}
    counts = dict.fromkeys(rows, 0)
    for passage in passages:
        counts[passage.document_id] += 1
    connection = sqlite3.connect(path)
    try:
        with connection:
            connection.executescript(_SCHEMA)
            connection.executemany(
                f"INSERT INTO document VALUES ({','.join('?' * 13)})",
                (_document_row(rows[d.id], d, counts[d.id]) for d in documents),
            )
            connection.executemany(
                "INSERT INTO passage VALUES (?,?,?,?,?,?,?)",
                (
                    (row, rows[p.document_id], p.start, p.end, _json(p.headings), p.text, group)
                    for row, (p, group) in enumerate(zip(passages, groups.tolist(), strict=True))
                ),
            )
    finally:
        connection.close()


class Records:
    """Read access to the file that `write_records` made; safe to share between threads."""

    def __init__(self, path: Path) -> None:
        uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        try:
            self._connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
            try:
                self._connection.execute("SELECT count(*) FROM passage").fetchone()
            except sqlite3.Error:
                self._connection.close()
                raise
        except sqlite3.Error as error:
            detail = f"文档库 {path.name} 无法读取，请运行 scripts/rebuild_index"
            raise IndexDamaged(detail) from error

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def passages(self, rows: Iterable[int]) -> list[Found]:
        """The passages with these row numbers, in the order asked for."""
        sql = (
            f"SELECT {', '.join('d.' + name for name in _SUMMARY.split(', '))}, "
            "p.start, p.end, p.text, p.headings "
            "FROM passage p JOIN document d ON d.row = p.document WHERE p.row = ?"
        )
        found = []
        for row in rows:
            record = self._connection.execute(sql, (int(row),)).fetchone()
            summary = _summary(record[:11])
            start, end, text, headings = record[11:]
            passage = Passage(summary.id, start, end, text, tuple(json.loads(headings)))
            found.append(Found(passage, summary))
        return found

    def groups(self) -> NDArray[np.int32]:
        """For each passage the row of the first passage of its group of reprints: (passages,)."""
        # Most passages are alone; the few others are read from the index alone.
        (count,) = self._connection.execute("SELECT count(*) FROM passage").fetchone()
        groups = np.arange(count, dtype=np.int32)
        sql = "SELECT row, reprint_of FROM passage WHERE reprint_of <> row"
        for row, group in self._connection.execute(sql):
            groups[row] = group
        return groups

    def reprints(self, row: int, filters: Filters, limit: int = MAX_REPRINTS) -> list[Found]:
        """The other places of a passage: in each other document the first, by document row.

        Only documents that the filters let through, `limit` at most.
        """
        clauses, values = _where(filters)
        clauses += ["p.reprint_of = own.reprint_of", "p.document <> own.document"]
        sql = (
            "SELECT min(p.row) FROM passage own, passage p JOIN document d ON d.row = p.document "
            f"WHERE own.row = ? AND {' AND '.join(clauses)} "
            "GROUP BY p.document ORDER BY p.document LIMIT ?"
        )
        found = self._connection.execute(sql, (int(row), *values, limit)).fetchall()
        return self.passages(first for (first,) in found)

    def allowed(self, filters: Filters) -> NDArray[np.int64] | None:
        """The rows of passages that the filters let through; None where there is no filter."""
        clauses, values = _where(filters)
        if not clauses:
            return None
        sql = (
            "SELECT p.row FROM passage p JOIN document d ON d.row = p.document "
            f"WHERE {' AND '.join(clauses)} ORDER BY p.row"
        )
        rows = self._connection.execute(sql, values).fetchall()
        return np.array([row for (row,) in rows], np.int64)

    def documents(self, offset: int, limit: int) -> tuple[list[DocumentSummary], int]:
        """One page of the documents, ordered by path, and how many there are in all."""
        sql = f"SELECT {_SUMMARY} FROM document ORDER BY path LIMIT ? OFFSET ?"
        page = self._connection.execute(sql, (limit, offset)).fetchall()
        total: int = self._connection.execute("SELECT count(*) FROM document").fetchone()[0]
        return [_summary(record) for record in page], total

    def document(self, document_id: str) -> DocumentSummary:
        """One document without its text; raises UnknownDocument."""
        return _summary(self._one(f"SELECT {_SUMMARY} FROM document WHERE id = ?", document_id))

    def text(self, document_id: str) -> str:
        """A document's whole text, exactly as decoded; raises UnknownDocument."""
        text: str = self._one("SELECT text FROM document WHERE id = ?", document_id)[0]
        return text

    def _one(self, sql: str, document_id: str) -> tuple[Any, ...]:
        # Ids are hexadecimal; what cannot be encoded must not reach the database.
        known = (document_id,) if document_id.isascii() else ("",)
        record: tuple[Any, ...] | None = self._connection.execute(sql, known).fetchone()
        if record is None:
            detail = f"没有编号为“{document_id}”的文档；GET /documents 列出全部文档"
            raise UnknownDocument("document_id", detail)
        return record


def _document_row(row: int, document: Document, passages: int) -> tuple[object, ...]:
    about = document.metadata
    published = about.published.isoformat() if about.published else None
    return (
        *(row, document.id, document.path, about.title, about.source, about.author, published),
        *(about.url, document.sha256, document.encoding, len(document.text), passages),
        document.text,
    )


def _summary(record: tuple[Any, ...]) -> DocumentSummary:
    document_id, path, title, source, author, published, url, *rest = record
    day = date.fromisoformat(published) if published else None
    about = Metadata(title=title, source=source, author=author, published=day, url=url)
    return DocumentSummary(document_id, path, about, *rest)


def _where(filters: Filters) -> tuple[list[str], list[str]]:
    clauses: list[str] = []
    values: list[str] = []
    if filters.document_ids is not None:
        clauses.append("d.id IN (SELECT value FROM json_each(?))")
        values.append(json.dumps(sorted(filters.document_ids)))
    first, last = filters.published_from, filters.published_to
    for clause, value in (
        ("d.source = ?", filters.source),
        ("d.published >= ?", first.isoformat() if first else None),
        ("d.published <= ?", last.isoformat() if last else None),
    ):
        if value is not None:
            clauses.append(clause)
            values.append(value)
    return clauses, values


def _json(values: Sequence[str]) -> str:
    return json.dumps(values, ensure_ascii=False)
