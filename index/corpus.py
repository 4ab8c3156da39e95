"""A folder of text files to documents: every file is read, or named with the reason why not.

Only regular files inside the folder are opened, each once, in the order of their paths, so that
the same folder always gives the same reading.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from index.decoding import decode
from index.errors import CorpusEmpty, CorpusMissing, FileRefused
from index.front_matter import read_front_matter
from index.head import read_head
from index.types import Document, FileCode, FileNotice, Metadata, Reading

SUFFIXES = (".txt", ".md", ".markdown", ".text")
IGNORED_PREFIXES = (".", "_")
ABOUT_THE_CORPUS = frozenset({"README.md", "README.zh-CN.md"})
SIZE_SETTING = "YOUJU_MAX_FILE_MB"
# A pipe that slips in after the listing must not block, nor a link be followed; Windows has
# neither flag and needs the third.
OPEN_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_BINARY", 0)
)


@dataclass(frozen=True, slots=True)
class CorpusListing:
    """What lies in a corpus, unread: all paths are relative, with `/`, and sorted.

    `links` are links to files inside the corpus: (path of the link, path of its target).
    """

    root: Path
    files: tuple[str, ...]
    links: tuple[tuple[str, str], ...]
    skipped: tuple[FileNotice, ...]


@dataclass(slots=True)
class _Findings:
    files: list[str] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    skipped: list[FileNotice] = field(default_factory=list)

    def skip(self, path: str, code: FileCode, detail: str) -> None:
        self.skipped.append(FileNotice(path, code, detail))


def corpus_files(root: Path) -> CorpusListing:
    """List the files that may be documents, and those that cannot be, without opening any.

    Raises CorpusMissing if `root` is not a folder that can be listed.
    """
    real = Path(os.path.realpath(root))
    findings = _Findings()
    folders = [""]
    while folders:
        folders += _list_folder(real, folders.pop(), findings)
    skipped = sorted(findings.skipped, key=lambda notice: notice.path)
    return CorpusListing(
        real, tuple(sorted(findings.files)), tuple(sorted(findings.links)), tuple(skipped)
    )


def read_corpus(
    root: Path,
    *,
    max_file_bytes: int,
    on_file: Callable[[int, int], None] | None = None,
) -> Reading:
    """Read every document below `root`; `on_file(done, total)` is told after each file.

    Raises CorpusMissing, and CorpusEmpty if not one file could be read.
    """
    listing = corpus_files(root)
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
    listing = corpus_files(root)
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


def read_bytes(path: Path, max_file_bytes: int) -> bytes:
    """The content of a regular file; FileRefused if it cannot be read or is too large."""
    try:
        with os.fdopen(os.open(path, OPEN_FLAGS), "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise FileRefused(FileCode.UNREADABLE, "不是普通文件（管道或设备），没有读取")
            _check_size(status.st_size, max_file_bytes)
            data = file.read(max_file_bytes + 1)
    except OSError as error:
        raise FileRefused(FileCode.UNREADABLE, _os_detail(error)) from error
    _check_size(len(data), max_file_bytes)
    return data


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


def _list_folder(root: Path, folder: str, findings: _Findings) -> list[str]:
    """Sort a folder's entries into the findings; the folders within it are returned."""
    try:
        with os.scandir(root / folder) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        if not folder:
            raise CorpusMissing(_no_corpus(root, error)) from error
        findings.skip(folder, FileCode.UNREADABLE, f"文件夹无法打开：{_os_detail(error)}")
        return []
    folders = []
    for entry in found:
        path = f"{folder}/{entry.name}" if folder else entry.name
        if not _is_ignored(path, entry.name) and _sort_entry(root, path, entry, findings):
            folders.append(path)
    return folders


def _is_ignored(path: str, name: str) -> bool:
    return name.startswith(IGNORED_PREFIXES) or path in ABOUT_THE_CORPUS


def _sort_entry(root: Path, path: str, entry: os.DirEntry[str], findings: _Findings) -> bool:
    """Put one entry where it belongs; True for a folder to go into."""
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        shown = os.fsencode(path).decode("utf-8", errors="backslashreplace")
        findings.skip(shown, FileCode.BAD_NAME, "文件名不是有效的 UTF-8；请改名后再试")
        return False
    if entry.is_symlink():
        _sort_link(root, path, findings)
        return False
    if entry.is_dir(follow_symlinks=False):
        return True
    if not path.lower().endswith(SUFFIXES):
        detail = f"不支持这种文件；支持的有 {'、'.join(SUFFIXES)}，请先转换"
        findings.skip(path, FileCode.UNSUPPORTED, detail)
    else:
        findings.files.append(path)
    return False


def _sort_link(root: Path, path: str, findings: _Findings) -> None:
    target = Path(os.path.realpath(root / path))
    try:
        target.stat()
    except OSError:
        findings.skip(path, FileCode.LINK, "链接指向的文件不存在；请删除链接或直接放入文件")
        return
    if not target.is_relative_to(root):
        findings.skip(path, FileCode.LINK, "链接指向文档文件夹之外，没有读取；请直接放入文件")
    elif target.is_dir():
        findings.skip(path, FileCode.LINK, "是指向文件夹的链接，没有进入；请直接放入文件夹")
    else:
        inside = os.fsencode(target.relative_to(root).as_posix())
        findings.links.append((path, inside.decode("utf-8", errors="backslashreplace")))


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


def _check_size(size: int, max_file_bytes: int) -> None:
    if size > max_file_bytes:
        limit = f"{max_file_bytes / 2**20:g} MB"
        detail = f"文件超过 {limit} 的上限；请拆分文件，或调大设置 {SIZE_SETTING}"
        raise FileRefused(FileCode.TOO_LARGE, detail)


def _os_detail(error: OSError) -> str:
    if isinstance(error, PermissionError):
        return "没有读取权限；请检查文件权限"
    if isinstance(error, FileNotFoundError):
        return "文件在读取时不见了；请重新建立索引"
    return f"无法读取（{error.strerror or type(error).__name__}）；请检查文件和磁盘"


def _no_corpus(root: Path, error: OSError) -> str:
    fault = "无法打开，请检查权限"
    if isinstance(error, FileNotFoundError):
        fault = "不存在"
    elif isinstance(error, NotADirectoryError):
        fault = "不是文件夹"
    return f"文档文件夹{fault}：{root}。请新建它，或改正设置里的路径。"


def _nothing_readable(root: Path, skipped: list[FileNotice]) -> str:
    kinds = "、".join(SUFFIXES)
    if not skipped:
        return f"文档文件夹 {root} 里没有文档；请放入 {kinds} 文件。"
    lines = [f"- {one.path}：{one.detail}" for one in sorted(skipped, key=lambda one: one.path)]
    return "\n".join([f"文档文件夹 {root} 里没有能读取的文档；请放入 {kinds} 文件：", *lines])
