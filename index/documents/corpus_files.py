"""The files of a corpus: which there are, and their bytes, without leaving its folder.

A folder that others fill may hold links, pipes and names that are not text. Only regular files
inside the folder are opened, and every other entry is named with the reason why not.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

from index.errors import CorpusMissing, FileRefused
from index.types import FileCode, FileNotice

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


def list_corpus(root: Path) -> CorpusListing:
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
