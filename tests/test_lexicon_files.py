"""The user's two files: what a line means, and that nothing in them breaks a build."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.language.lexicon import NO_LEXICON, Lexicon
from index.language.lexicon_files import DICTIONARY, SYNONYMS, lexicon_digest, read_lexicon
from index.types import FileCode, FileNotice

LIMIT = 10_000


def read(folder: Path, dictionary: str = "", synonyms: str = "") -> Lexicon:
    """The lexicon of two files that are all understood."""
    lexicon, notices = read_with_notices(folder, dictionary, synonyms)
    assert not notices
    return lexicon


def read_with_notices(
    folder: Path, dictionary: str = "", synonyms: str = ""
) -> tuple[Lexicon, tuple[FileNotice, ...]]:
    (folder / DICTIONARY).write_text(dictionary, encoding="utf-8")
    (folder / SYNONYMS).write_text(synonyms, encoding="utf-8")
    return read_lexicon(folder, LIMIT)


def test_without_files_there_are_no_words(tmp_path: Path) -> None:
    assert read_lexicon(tmp_path, LIMIT) == (NO_LEXICON, ())
    assert read_lexicon(tmp_path / "nowhere", LIMIT) == (NO_LEXICON, ())


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("数字乡村", "数字乡村"),
        ("  數字鄉村\u3000", "数字乡村"),
        ("数字乡村 # 政策用语", "数字乡村"),
        ("数字乡村 100 n", "数字乡村"),
        ("数字乡村 100", "数字乡村"),
        ("数字乡村\tnz", "数字乡村"),
        ("C#", "c#"),
        ("C++ 3 nz", "c++"),
        ("New  York", "new york"),
        ("Windows 10", "windows 10"),
        ("ＧＤＰ", "gdp"),
    ],
)
def test_one_word_a_line(tmp_path: Path, line: str, word: str) -> None:
    assert read(tmp_path, dictionary=f"# 词典\n\n{line}\n").words.texts == {word}


@pytest.mark.parametrize("mark", [",", "，", "、", "=", "＝", ";", "；", "\t", " ， ", "、、"])
def test_words_of_a_line_mean_the_same(tmp_path: Path, mark: str) -> None:
    lexicon = read(tmp_path, synonyms=f"电脑{mark}計算機{mark}PC{mark}\n")
    assert lexicon.words.texts == {"电脑", "计算机", "pc"}
    assert lexicon.synonyms == {
        "pc": ("电脑", "计算机"),
        "电脑": ("计算机", "pc"),
        "计算机": ("电脑", "pc"),
    }


@pytest.mark.parametrize("arrow", ["=>", " => ", "＝＞"])
def test_an_arrow_means_one_way(tmp_path: Path, arrow: str) -> None:
    lexicon = read(tmp_path, synonyms=f"水果{arrow}苹果、香蕉\n")
    assert lexicon.synonyms == {"水果": ("苹果", "香蕉")}
    assert lexicon.words.texts == {"水果", "苹果", "香蕉"}


def test_groups_that_share_a_word_stay_apart(tmp_path: Path) -> None:
    lexicon = read(tmp_path, synonyms="苹果，苹果公司\n苹果，水果 # 另一个意思\n")
    assert lexicon.synonyms == {
        "水果": ("苹果",),
        "苹果": ("苹果公司", "水果"),
        "苹果公司": ("苹果",),
    }


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("电脑", "只有一个词"),
        ("電腦，电脑", "只有一个词"),
        ("电脑 => ", "两边都要有词"),
        ("=> 电脑", "两边都要有词"),
        ("水果 => 苹果 => 红苹果", "不止一个"),
        ("，、", "只有一个词"),
        ("电脑，！！", "没有文字"),
        ("电脑，机", "2 到 40 个字"),
        ("电脑，" + "机" * 41, "有 41 个字"),
        ("电脑，计算 机器", "有空格"),
        ("电脑，计算\u200b机", "看不见"),
        ("，".join(f"第{n}号词" for n in range(100, 121)), "一组最多 20 个"),
    ],
)
def test_a_line_that_cannot_be_used_is_named(tmp_path: Path, line: str, words: str) -> None:
    lexicon, (notice,) = read_with_notices(tmp_path, synonyms=f"番茄，西红柿\n\n{line}\n")
    assert lexicon.synonyms == {"番茄": ("西红柿",), "西红柿": ("番茄",)}
    assert (notice.path, notice.code) == (SYNONYMS, FileCode.LEXICON)
    assert notice.detail.startswith("第 3 行没有采用：")
    assert words in notice.detail


def test_two_words_on_a_line_of_the_dictionary_are_named(tmp_path: Path) -> None:
    lexicon, (notice,) = read_with_notices(tmp_path, dictionary="数字 乡村\n乡村振兴\n")
    assert lexicon.words.texts == {"乡村振兴"}
    assert "第 1 行" in notice.detail
    assert "有空格" in notice.detail


def test_a_handful_of_notices_is_enough(tmp_path: Path) -> None:
    _, notices = read_with_notices(tmp_path, dictionary="机\n" * 12)
    assert len(notices) == 6
    assert notices[-1].detail.startswith("另有 7 行没有采用，从第 6 行起")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_encodings_and_newlines(tmp_path: Path, encoding: str, newline: str) -> None:
    text = newline.join(["# 我们的词", "数字乡村", "乡村振兴战略", "土地流转", ""])
    (tmp_path / DICTIONARY).write_bytes(text.encode(encoding))
    lexicon, notices = read_lexicon(tmp_path, LIMIT)
    assert lexicon.words.texts == {"数字乡村", "乡村振兴战略", "土地流转"}
    assert not notices


def test_big5(tmp_path: Path) -> None:
    text = "# 我們的詞語，供檢索使用\n農業發展銀行\n數位鄉村\n"
    (tmp_path / DICTIONARY).write_bytes(text.encode("big5"))
    assert read_lexicon(tmp_path, LIMIT)[0].words.texts == {"农业发展银行", "数位乡村"}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"PK\x03\x04", FileCode.BINARY),
        (b"x" * (LIMIT + 1), FileCode.TOO_LARGE),
        (b"\x81\x20" * 40, FileCode.DECODE_LOSS),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, data: bytes, code: FileCode) -> None:
    (tmp_path / DICTIONARY).write_bytes(data)
    (tmp_path / SYNONYMS).write_text("番茄，西红柿", encoding="utf-8")
    lexicon, (notice,) = read_lexicon(tmp_path, LIMIT)
    assert lexicon.words.texts == {"番茄", "西红柿"}
    assert (notice.path, notice.code) == (DICTIONARY, code)
    assert lexicon_digest(tmp_path, LIMIT) != lexicon_digest(tmp_path / "nowhere", LIMIT)


def test_a_few_bad_bytes_cost_a_line(tmp_path: Path) -> None:
    text = "数字乡村\n乡村振兴战略\n土地流转\n".encode()
    (tmp_path / DICTIONARY).write_bytes(text + "农业".encode() + b"\xff")
    lexicon, notices = read_lexicon(tmp_path, LIMIT)
    assert lexicon.words.texts == {"数字乡村", "乡村振兴战略", "土地流转"}
    assert [notice.code for notice in notices] == [FileCode.DECODE_LOSS, FileCode.LEXICON]


def test_a_folder_or_a_link_is_not_read(tmp_path: Path) -> None:
    (tmp_path / DICTIONARY).mkdir()
    (tmp_path / "outside.txt").write_text("番茄，西红柿", encoding="utf-8")
    try:
        (tmp_path / SYNONYMS).symlink_to(tmp_path / "outside.txt")
    except OSError:
        pytest.skip("this system makes no links")
    lexicon, notices = read_lexicon(tmp_path, LIMIT)
    assert lexicon == NO_LEXICON
    assert [notice.code for notice in notices] == [FileCode.UNREADABLE, FileCode.LINK]
    assert len(lexicon_digest(tmp_path, LIMIT)) == 64


def test_the_digest_changes_with_either_file(tmp_path: Path) -> None:
    digests = {lexicon_digest(tmp_path, LIMIT)}
    for name in (DICTIONARY, SYNONYMS):
        for text in ("番茄，西红柿", "土豆，马铃薯"):
            (tmp_path / name).write_text(text, encoding="utf-8")
            digests.add(lexicon_digest(tmp_path, LIMIT))
            assert lexicon_digest(tmp_path, LIMIT) in digests
    assert len(digests) == 5


LINES = st.text("甲乙ab #，、=>;\t\n机机器 10n！\u200b\ufffd", max_size=60)


@given(
    st.binary(max_size=60) | LINES.map(str.encode), st.binary(max_size=60) | LINES.map(str.encode)
)
def test_any_bytes_give_a_lexicon_and_notices(dictionary: bytes, synonyms: bytes) -> None:
    with TemporaryDirectory() as folder:
        root = Path(folder)
        (root / DICTIONARY).write_bytes(dictionary)
        (root / SYNONYMS).write_bytes(synonyms)
        lexicon, notices = read_lexicon(root, LIMIT)
        assert len(lexicon_digest(root, LIMIT)) == 64
    for word, others in lexicon.synonyms.items():
        assert {word, *others} <= lexicon.words.texts
        assert word not in others
    assert len(notices) <= 14
    assert all(notice.detail for notice in notices)
