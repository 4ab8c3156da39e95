"""A folder of text files to documents: every file is read, or named with the reason why not.

Each file is read once, in the order of their paths, so that the same folder always gives the same
reading.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from index.documents.corpus_files import SUFFIXES, list_corpus, read_bytes
from index.documents.decoding import decode
from index.documents.front_matter import read_front_matter
from index.documents.head import read_head
from index.errors import CorpusEmpty, FileRefused
from index.types import Document, FileCode, FileNotice, Metadata, Reading


def read_corpus(
    root: Path,
    *,
    max_file_bytes: int,
    on_file: Callable[[int, int], None] | None = None,
) -> Reading:
    """Read every document below `root`; `on_file(done, total)` is told after each file.

    Raises CorpusMissing, and CorpusEmpty if not one file could be read.
    """
    listing = list_corpus(root)
    collected = _Collected(skipped=list(listing.skipped))
    for done, path in enumerate(listing.files, 1):
        try:
            collected.add(path, read_bytes(listing.root / path, max_file_bytes))
        except FileRefused as error:
            collected.refuse(path, error)
        if on_file is not None:
            on_file(done, len(listing.files))
    for link, target in listing.links:
        collected.add_link(link, target)
    if not collected.documents:
        raise CorpusEmpty(_nothing_readable(root, collected.skipped))
    return collected.reading()


def corpus_digest(root: Path, max_file_bytes: int) -> str:
    """A sha256 in hex that changes whenever `read_corpus` would give another reading.

    Costs one reading of the bytes: nothing is decoded. Raises CorpusMissing.
    """
    listing = list_corpus(root)
    rows = [("skipped", one.path, str(one.code), one.detail) for one in listing.skipped]
    rows += [("link", link, target, "") for link, target in listing.links]
    for path in listing.files:
        try:
            data = read_bytes(listing.root / path, max_file_bytes)
        except FileRefused as error:
            rows.append(("refused", path, error.code, error.detail))
        else:
            rows.append(("file", path, hashlib.sha256(data).hexdigest(), ""))
    return hashlib.sha256(json.dumps(rows).encode("ascii")).hexdigest()


@dataclass(slots=True)
class _Collected:
    """Documents so far, by path and by content, with what is to be said of the other files."""

    skipped: list[FileNotice]
    remarks: list[FileNotice] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    path_by_content: dict[str, str] = field(default_factory=dict)
    read_paths: set[str] = field(default_factory=set)

    def add(self, path: str, data: bytes) -> None:
        document, remarks = _document(path, data)
        self.read_paths.add(path)
        first = self.path_by_content.setdefault(document.sha256, path)
        if first != path:
            self._repeat(path, f"内容与“{first}”完全相同，只收录一份")
            return
        self.documents.append(document)
        self.remarks += remarks

    def refuse(self, path: str, error: FileRefused) -> None:
        self.skipped.append(FileNotice(path, FileCode(error.code), error.detail))

    def add_link(self, link: str, target: str) -> None:
        if target in self.read_paths:
            self._repeat(link, f"是指向“{target}”的链接，只收录原文件")
            return
        detail = f"是指向“{target}”的链接，而那个文件没有被收录；请直接放入文件"
        self.skipped.append(FileNotice(link, FileCode.LINK, detail))

    def _repeat(self, path: str, detail: str) -> None:
        self.remarks.append(FileNotice(path, FileCode.DUPLICATE, detail))

    def reading(self) -> Reading:
        skipped = sorted(self.skipped, key=lambda notice: notice.path)
        remarks = sorted(self.remarks, key=lambda notice: notice.path)
        return Reading(tuple(self.documents), tuple(skipped), tuple(remarks))


def _document(path: str, data: bytes) -> tuple[Document, list[FileNotice]]:
    if not data:
        raise FileRefused(FileCode.EMPTY, "文件是空的；请补上内容或删除它")
    decoded = decode(data)
    front = read_front_matter(decoded.text)
    if not decoded.text[front.body_start :].strip():
        raise FileRefused(FileCode.EMPTY, "文件里没有正文；请补上内容或删除它")
    document = Document(
        id=hashlib.sha256(path.encode("utf-8")).hexdigest()[:16],
        path=path,
        text=decoded.text,
        sha256=hashlib.sha256(decoded.text.encode("utf-8")).hexdigest(),
        metadata=_metadata(front.fields, read_head(decoded.text, front.body_start, path)),
        encoding=decoded.encoding,
        body_start=front.body_start,
        cleaned=front.cleaned,
    )
    remarks = []
    if decoded.lost:
        detail = f"按 {decoded.encoding} 编码读取，有 {decoded.lost} 处无法解码，已用“\ufffd”代替"
        remarks.append(FileNotice(path, FileCode.DECODE_LOSS, f"{detail}；请检查原文件"))
    if front.problem:
        remarks.append(FileNotice(path, FileCode.FRONT_MATTER, front.problem))
    return document, remarks


def _metadata(stated: Mapping[str, str], read: Metadata) -> Metadata:
    """Front matter where it says something, the text's own head where not."""
    published = stated.get("published")
    return Metadata(
        title=stated.get("title", read.title),
        source=stated.get("source", read.source),
        author=stated.get("author", read.author),
        published=date.fromisoformat(published) if published else read.published,
        url=stated.get("url", read.url),
    )


def _nothing_readable(root: Path, skipped: list[FileNotice]) -> str:
    kinds = "、".join(SUFFIXES)
    if not skipped:
        return f"文档文件夹 {root} 里没有文档；请放入 {kinds} 文件。"
    lines = [f"- {one.path}：{one.detail}" for one in sorted(skipped, key=lambda one: one.path)]
    return "\n".join([f"文档文件夹 {root} 里没有能读取的文档；请放入 {kinds} 文件：", *lines])
