"""Reading a corpus: every file becomes a document or is named with the reason why not."""

from __future__ import annotations

import hashlib
import os
from datetime import date
from pathlib import Path

import pytest

from index.documents.corpus import corpus_digest, read_corpus
from index.documents.corpus_files import list_corpus
from index.errors import CorpusEmpty, CorpusMissing
from index.types import FileCode, Reading

LIMIT = 10_000
NEWS = "春耕全面展开\n\n春耕时节，全市农机下田作业，各乡镇抓紧播种。\n"
OTHER = "图书馆周末开放\n\n市民可以免费借阅，开放到晚上九点。\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "news.txt").write_bytes(NEWS.encode())
    return folder


def read(root: Path) -> Reading:
    return read_corpus(root, max_file_bytes=LIMIT)


def skipped(root: Path) -> dict[str, FileCode]:
    return {notice.path: notice.code for notice in read(root).skipped}


def remarks(root: Path) -> dict[str, FileCode]:
    return {notice.path: notice.code for notice in read(root).remarks}


def test_a_document_is_the_decoded_file(root: Path) -> None:
    text = f"---\ntitle: 甲\nclean: false\n---\r\n{OTHER}"
    (root / "sub").mkdir()
    (root / "sub" / "b.MD").write_bytes(b"\xef\xbb\xbf" + text.encode())
    document = read(root).documents[1]
    assert document.path == "sub/b.MD"
    assert document.id == hashlib.sha256(b"sub/b.MD").hexdigest()[:16]
    assert document.text == text
    assert document.sha256 == hashlib.sha256(text.encode()).hexdigest()
    assert document.text[document.body_start :] == OTHER
    assert (document.metadata.title, document.encoding) == ("甲", "utf-8")
    assert document.cleaned is False


def test_front_matter_goes_before_the_text_itself(root: Path) -> None:
    head = "---\nsource: 甲报\npublished: 2024-03-05\n---\n"
    (root / "b.txt").write_text(f"{head}图书馆周末开放\n来源：乙报\n作者：王小明\n{OTHER}")
    metadata = read(root).documents[0].metadata
    assert (metadata.source, metadata.author) == ("甲报", "王小明")
    assert (metadata.title, metadata.published) == ("图书馆周末开放", date(2024, 3, 5))


def test_documents_are_sorted_by_path(root: Path) -> None:
    for name in ("z.txt", "a.md", "b/c.markdown", "b.text"):
        path = root / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(NEWS + name)
    paths = [document.path for document in read(root).documents]
    assert paths == ["a.md", "b.text", "b/c.markdown", "news.txt", "z.txt"]


def test_some_names_are_ignored_silently(root: Path) -> None:
    for name in (".hidden.txt", "_draft.txt", "README.md", "README.zh-CN.md", "_drafts/a.txt"):
        path = root / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(OTHER)
    reading = read(root)
    assert [document.path for document in reading.documents] == ["news.txt"]
    assert (reading.skipped, reading.remarks) == ((), ())


def test_a_readme_further_down_is_a_document(root: Path) -> None:
    (root / "sub").mkdir()
    (root / "sub" / "README.md").write_text(OTHER)
    assert len(read(root).documents) == 2


@pytest.mark.parametrize(
    ("name", "data", "code", "words"),
    [
        ("empty.txt", b"", FileCode.EMPTY, "空的"),
        ("blank.txt", "\ufeff \r\n\u3000\n".encode(), FileCode.EMPTY, "没有正文"),
        ("front.md", b"---\ntitle: x\n---\n\n", FileCode.EMPTY, "没有正文"),
        ("picture.txt", b"\x89PNG\r\n\x1a\n\0\0", FileCode.BINARY, "PNG"),
        ("ruin.txt", b"\x81\x20" * 40, FileCode.DECODE_LOSS, "UTF-8"),
        ("large.txt", b"x" * (LIMIT + 1), FileCode.TOO_LARGE, "YOUJU_MAX_FILE_MB"),
        ("paper.docx", b"PK", FileCode.UNSUPPORTED, ".txt、.md、.markdown、.text"),
    ],
)
def test_a_file_that_is_no_document_is_named(
    root: Path, name: str, data: bytes, code: FileCode, words: str
) -> None:
    (root / name).write_bytes(data)
    (notice,) = read(root).skipped
    assert (notice.path, notice.code) == (name, code)
    assert words in notice.detail


def test_a_file_of_just_the_limit_is_read(root: Path) -> None:
    (root / "full.txt").write_bytes(b"x" * LIMIT)
    assert len(read(root).documents) == 2


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_does_not_block(root: Path) -> None:
    os.mkfifo(root / "pipe.txt")
    assert skipped(root) == {"pipe.txt": FileCode.UNREADABLE}


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read all")
def test_a_file_without_permission_is_named(root: Path) -> None:
    (root / "secret.txt").write_text(OTHER)
    (root / "secret.txt").chmod(0)
    assert skipped(root) == {"secret.txt": FileCode.UNREADABLE}


def test_a_file_that_vanishes_is_named(root: Path) -> None:
    (root / "z.txt").write_text(OTHER)

    def remove(done: int, total: int) -> None:
        (root / "z.txt").unlink(missing_ok=True)

    reading = read_corpus(root, max_file_bytes=LIMIT, on_file=remove)
    (notice,) = reading.skipped
    assert (notice.path, notice.code) == ("z.txt", FileCode.UNREADABLE)
    assert "不见了" in notice.detail


def test_links_are_not_followed(root: Path) -> None:
    outside = root.parent / "outside"
    outside.mkdir()
    (outside / "a.txt").write_text(OTHER)
    (root / "_draft.txt").write_text(OTHER)
    (root / "out.txt").symlink_to(outside / "a.txt")
    (root / "folder").symlink_to(outside)
    (root / "broken.txt").symlink_to(root / "nowhere.txt")
    (root / "loop.txt").symlink_to(root / "loop.txt")
    (root / "self").symlink_to(root)
    (root / "draft.txt").symlink_to(root / "_draft.txt")
    assert len(read(root).documents) == 1
    names = ("broken.txt", "draft.txt", "folder", "loop.txt", "out.txt", "self")
    assert skipped(root) == dict.fromkeys(names, FileCode.LINK)


def test_a_link_within_the_corpus_is_a_remark(root: Path) -> None:
    (root / "alias.txt").symlink_to("news.txt")
    (notice,) = read(root).remarks
    assert (notice.path, notice.code) == ("alias.txt", FileCode.DUPLICATE)
    assert "news.txt" in notice.detail


def test_the_same_text_is_kept_once(root: Path) -> None:
    (root / "copy.txt").write_bytes(NEWS.encode("utf-16"))
    reading = read(root)
    assert [document.path for document in reading.documents] == ["copy.txt"]
    (notice,) = reading.remarks
    assert (notice.path, notice.code) == ("news.txt", FileCode.DUPLICATE)
    assert "copy.txt" in notice.detail


def test_a_name_that_is_not_utf8_is_shown_safely(root: Path) -> None:
    try:
        (root / os.fsdecode(b"\xc4\xe3.txt")).write_text(OTHER)
    except OSError:
        pytest.skip("this file system knows only UTF-8 names")
    (notice,) = read(root).skipped
    assert (notice.path, notice.code) == ("\\xc4\\xe3.txt", FileCode.BAD_NAME)


def test_losses_and_bad_front_matter_are_remarks(root: Path) -> None:
    (root / "lossy.txt").write_bytes(NEWS.encode() + b"\xff")
    (root / "front.txt").write_text(f"---\ntitle: 甲: 乙\n---\n{OTHER}")
    reading = read(root)
    assert len(reading.documents) == 3
    assert remarks(root) == {
        "front.txt": FileCode.FRONT_MATTER,
        "lossy.txt": FileCode.DECODE_LOSS,
    }
    assert "utf-8" in reading.remarks[1].detail
    assert "1 处" in reading.remarks[1].detail


def test_progress_is_told_for_each_file(root: Path) -> None:
    (root / "empty.txt").write_text("")
    calls: list[tuple[int, int]] = []
    read_corpus(root, max_file_bytes=LIMIT, on_file=lambda done, total: calls.append((done, total)))
    assert calls == [(1, 2), (2, 2)]


def test_a_missing_corpus_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CorpusMissing, match="不存在"):
        read(tmp_path / "nowhere")
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(CorpusMissing, match="无法打开"):
        read(tmp_path / "loop")
    (tmp_path / "file").write_text("x")
    with pytest.raises(CorpusMissing, match="不是文件夹"):
        corpus_digest(tmp_path / "file", LIMIT)


def test_a_corpus_without_documents_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CorpusEmpty, match="里没有文档"):
        read(tmp_path)
    (tmp_path / "empty.txt").write_text("")
    (tmp_path / "a.pdf").write_bytes(b"%PDF-")
    with pytest.raises(CorpusEmpty, match=r"(?s)a\.pdf：不支持.*empty\.txt：文件是空的"):
        read(tmp_path)


def test_the_listing_opens_nothing(root: Path) -> None:
    (root / "b.txt").write_text("")
    (root / "c.txt").symlink_to("b.txt")
    listing = list_corpus(root)
    assert (listing.files, listing.links) == (("b.txt", "news.txt"), (("c.txt", "b.txt"),))


def test_the_digest_follows_every_change(root: Path) -> None:
    seen = [corpus_digest(root, LIMIT)]
    assert corpus_digest(root, LIMIT) == seen[0]

    def changed() -> bool:
        seen.append(corpus_digest(root, LIMIT))
        return seen[-1] not in seen[:-1]

    (root / "news.txt").write_text(NEWS + "又一段。")
    assert changed()
    (root / "b.txt").write_text(OTHER)
    assert changed()
    (root / "b.txt").rename(root / "c.txt")
    assert changed()
    (root / "paper.docx").write_bytes(b"PK")
    assert changed()
    (root / "link.txt").symlink_to("c.txt")
    assert changed()
    (root / "link.txt").unlink()
    (root / "link.txt").symlink_to("news.txt")
    assert changed()
    (root / "c.txt").write_bytes(b"x" * (LIMIT + 1))
    assert changed()


def test_the_digest_follows_the_size_limit(root: Path) -> None:
    assert corpus_digest(root, LIMIT) != corpus_digest(root, 10)


def test_what_is_ignored_does_not_change_the_digest(root: Path) -> None:
    before = corpus_digest(root, LIMIT)
    (root / "_draft.txt").write_text(OTHER)
    (root / "README.md").write_text(OTHER)
    assert corpus_digest(root, LIMIT) == before
