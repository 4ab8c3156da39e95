"""An index that a person can compute by hand, and a data folder in memory.

Each line of a text is a passage. Its score is the share of the question's different characters
that occur in it, and the highlights are those characters' places. The best line is the answer
from one half upwards. A line that later documents have too is cited once, with them as reprints.
Each year in the question (2020年) is a date hint. A line that is read, which all are unless told
otherwise, has its score from the reader too; other sure lines then tell their first figures as
alternatives, where they are not the answer's.
"""

from __future__ import annotations

import hashlib
import re
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

import httpx2
import uvicorn
from fastapi import FastAPI
from starlette.testclient import TestClient

from index.errors import UnknownDocument
from index.types import (
    Answer,
    Citation,
    DateHint,
    DocumentSummary,
    FileCode,
    FileNotice,
    Filters,
    IndexInfo,
    Metadata,
    Reason,
    Reply,
    Reprint,
    Scores,
    Span,
)
from service.app import create_app
from service.library import Library
from service.settings import Settings

if TYPE_CHECKING:
    from index.search_index import SearchIndex

BUILT = datetime(2024, 5, 1, 8, 30, tzinfo=UTC)
TEXTS = {
    "tower": "铁塔高330米。\r\n铁塔建于1889年。\n",
    "tea": "\ufeff𠮷茶产于福建。\n<b>茶</b>性温。",
}
METADATA = {
    "tower": Metadata("铁塔", "百科", "甲", date(2020, 11, 17), "https://example.com/t"),
    "tea": Metadata("茶"),
}
HOSTILE = "甲报<img src=x onerror='window.hacked = true'>"
COPIES = {
    "tower": TEXTS["tower"],
    "丁报": "铁塔高330米。\n",
    "丙报": "铁塔高330米。\n",
    "乙报": "转载：𠮷\n铁塔建于1889年。\n铁塔高330米。\n",
    HOSTILE: "转载：\n铁塔高330米。\n铁塔建于1889年。\n",
}
"""The tower's first line has four reprints, and its second one two."""
DOUBT = f"铁塔高324米{HOSTILE}。"
DOUBTED = {"tower": TEXTS["tower"], HOSTILE: f"\ufeff𠮷\n{DOUBT}\n"}
"""Two sources that say something else."""


class FakeIndex:
    """Stands in for `SearchIndex`; any use after `close` is an error."""

    def __init__(self, version: str, texts: Mapping[str, str] | None = None) -> None:
        self.texts = TEXTS if texts is None else texts
        self.version = version
        self.closed = 0

    @property
    def info(self) -> IndexInfo:
        self._check_open()
        skipped = (FileNotice("坏.pdf", FileCode.UNREADABLE, "打不开"),)
        return IndexInfo(self.version, BUILT, "fake", 2, len(self.texts), 4, skipped, ())

    def ask(
        self,
        question: str,
        *,
        top_k: int = 5,
        filters: Filters | None = None,
        rerank: bool = True,
    ) -> Reply:
        self._check_open()
        if question == "出错":
            raise RuntimeError("secret of the house")
        allowed = [key for key in self.texts if _allowed(key, filters or Filters())]
        found = sorted(
            (c for key in allowed for c in self._citations(key, question, rerank)),
            key=lambda c: (-c.score, c.document_id, c.start),
        )[:top_k]
        ranked = tuple(_with_rank(c, n) for n, c in enumerate(found, 1))
        dates = tuple(_dates(question))
        if not allowed:
            return Reply(question, None, Reason.FILTERED_OUT, (), self.version, dates)
        if not ranked:
            return Reply(question, None, Reason.NO_MATCH, (), self.version, dates)
        if ranked[0].score < 0.5:
            return Reply(question, None, Reason.LOW_CONFIDENCE, ranked, self.version, dates)
        best = ranked[0]
        answer = Answer(best.text, best.text, best.score, 1, best.start, best.end)
        others = tuple(_alternatives(ranked)) if rerank else ()
        return Reply(question, answer, None, ranked, self.version, dates, others)

    def search(
        self,
        question: str,
        *,
        top_k: int = 5,
        filters: Filters | None = None,
        rerank: bool = True,
    ) -> Reply:
        return self.ask(question, top_k=top_k, filters=filters, rerank=rerank)

    def documents(self, offset: int, limit: int) -> tuple[list[DocumentSummary], int]:
        everything = [self.document(key) for key in sorted(self.texts)]
        return everything[offset : offset + limit], len(everything)

    def document(self, document_id: str) -> DocumentSummary:
        text = self.text(document_id)
        return DocumentSummary(
            id=document_id,
            path=f"{document_id}.txt",
            metadata=metadata(document_id),
            sha256=sha256(text),
            encoding="utf-8",
            characters=len(text),
            passages=len(text.splitlines()),
        )

    def text(self, document_id: str) -> str:
        self._check_open()
        if document_id not in self.texts:
            raise UnknownDocument("document_id", f"没有编号为 {document_id} 的文档")
        return self.texts[document_id]

    def close(self) -> None:
        self.closed += 1

    def as_index(self) -> SearchIndex:
        """For the places that are typed with the real one."""
        return cast("SearchIndex", self)

    def _check_open(self) -> None:
        assert not self.closed, f"{self.version} was used after it had been closed"

    def _citations(self, key: str, question: str, read: bool) -> Iterator[Citation]:
        for start, quote in _lines(self.texts[key]):
            places = [start + i for i, c in enumerate(quote) if c in question]
            score = len({self.texts[key][p] for p in places}) / len(set(question))
            documents = sorted(k for k in self.texts if quote in self.texts[k].splitlines())
            if places and key == documents[0]:
                yield Citation(
                    rank=0,
                    score=score,
                    scores=Scores(score, score, score if read else None),
                    document_id=key,
                    path=f"{key}.txt",
                    metadata=metadata(key),
                    headings=("第一章",),
                    text=quote,
                    start=start,
                    end=start + len(quote),
                    highlights=tuple(Span(p, p + 1) for p in places),
                    sha256=sha256(self.texts[key]),
                    reprints=tuple(self._reprint(other, quote) for other in documents[1:]),
                )

    def _reprint(self, key: str, quote: str) -> Reprint:
        [start] = [start for start, line in _lines(self.texts[key]) if line == quote]
        end = start + len(quote)
        return Reprint(key, f"{key}.txt", metadata(key), start, end, sha256(self.texts[key]))


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Each line with its place, and without its end."""
    start = 0
    for line in text.splitlines(keepends=True):
        yield start, line.rstrip()
        start += len(line)


def _dates(question: str) -> Iterator[DateHint]:
    for found in re.finditer(r"(\d{4})年", question):
        year = int(found[1])
        yield DateHint(found[0], date(year, 1, 1), date(year, 12, 31))


def _alternatives(ranked: Sequence[Citation]) -> Iterator[Answer]:
    best, *others = ranked
    for other in others:
        figures = re.search(r"\d+", other.text)
        if other.score >= 0.5 and figures and figures[0] not in best.text:
            start, end = (other.start + place for place in figures.span())
            yield Answer(figures[0], other.text, other.score, other.rank, start, end)


def metadata(key: str) -> Metadata:
    """A document's; one that is none of the above is called by its key."""
    return METADATA.get(key) or Metadata(key, "晚报", None, date(2021, 2, 3))


def _with_rank(citation: Citation, rank: int) -> Citation:
    fields = {name: getattr(citation, name) for name in Citation.__dataclass_fields__}
    return Citation(**{**fields, "rank": rank})


def _allowed(key: str, filters: Filters) -> bool:
    about = metadata(key)
    return (
        (filters.document_ids is None or key in filters.document_ids)
        and (filters.source is None or about.source == filters.source)
        and not _outside(about.published, filters)
    )


def _outside(published: date | None, filters: Filters) -> bool:
    first, last = filters.published_from or date.min, filters.published_to or date.max
    if (first, last) == (date.min, date.max):
        return False
    return published is None or not first <= published <= last


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


class FakeShelf:
    """A data folder in memory: what is published, and what opening it gives or raises."""

    def __init__(self, version: str | None = "one", texts: Mapping[str, str] | None = None) -> None:
        self.version = version
        self.texts = texts
        self.errors: dict[str, Exception] = {}
        self.opened: list[FakeIndex] = []
        self.attempts = 0
        self._lock = threading.Lock()

    def read_version(self, data_dir: Path) -> str | None:
        return self.version

    def open_index(self, data_dir: Path) -> SearchIndex:
        with self._lock:
            self.attempts += 1
            version = self.version or ""
            if version in self.errors:
                raise self.errors[version]
            index = FakeIndex(version, self.texts)
            self.opened.append(index)
            return index.as_index()

    def library(self, *, poll_seconds: float = 60.0, retry_seconds: float = 60.0) -> Library:
        """A library over this folder that looks only when told to, unless set otherwise."""
        return Library(
            Path("unused"),
            self.open_index,
            read_version=self.read_version,
            poll_seconds=poll_seconds,
            retry_seconds=retry_seconds,
        )


@contextmanager
def client(shelf: FakeShelf | None = None) -> Iterator[TestClient]:
    """The application over a fake folder, started; errors of the server are responses."""
    app = create_app(Settings(), (shelf or FakeShelf()).library())
    with TestClient(app, raise_server_exceptions=False) as started:
        yield started


@contextmanager
def listening(app: FastAPI) -> Iterator[str]:
    """A real server on a free port; gives its address."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", ws="none"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        deadline = time.monotonic() + 20
        while not server.started:
            assert time.monotonic() < deadline
            assert thread.is_alive()
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(timeout=20)


def assert_problem(response: httpx2.Response, status: int, field: str | None = None) -> str:
    """The response is a problem detail, whole and in Chinese; returns its detail."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["cache-control"] == "no-store"
    problem = response.json()
    wanted = {"type", "title", "status", "detail", "instance"}
    assert set(problem) - {"errors"} == wanted
    assert problem["type"].startswith("urn:youju:problem:")
    assert problem["status"] == status
    assert problem["instance"] == response.request.url.path
    assert any("\u4e00" <= c <= "\u9fff" for c in problem["detail"])
    assert "Traceback" not in response.text
    if field is None:
        assert "errors" not in problem
    else:
        assert field in [item["field"] for item in problem["errors"]]
        for item in problem["errors"]:
            assert set(item) == {"field", "detail"}
            assert f"{item['field']}：{item['detail']}" in problem["detail"]
    return str(problem["detail"])
