"""The user's two files of words, `_dictionary.txt` and `_synonyms.txt`, as a lexicon.

Nothing in them breaks a build: a file or a line that cannot be used is named, and left out.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator
from itertools import permutations, product
from pathlib import Path

from index.documents.corpus_files import read_bytes
from index.documents.decoding import decode
from index.errors import FileRefused
from index.language.folding import fold
from index.language.lexicon import Lexicon, lexicon_of
from index.types import FileCode, FileNotice

DICTIONARY = "_dictionary.txt"
SYNONYMS = "_synonyms.txt"
SHORTEST, LONGEST = 2, 40
MOST_IN_GROUP = 20
MOST_NOTICES = 5
_NEWLINE = re.compile(r"\r\n|\r|\n")
# C# is a word: a comment begins a line or follows white space.
_COMMENT = re.compile(r"(?:^|(?<=\s))#.*")
# What may follow the word on a line of a jieba dictionary: a frequency, a part of speech.
_PART = "[a-z]|a[dgn]|d[fg]|eng|m[gq]|n[grstz]|nrfg|nrt|r[grz]|tg|u[dgjlvz]|v[dginq]|zg"
_RATED = re.compile(rf"\d+(?: (?:{_PART}))?|{_PART}")
_SEPARATORS = re.compile(r"[,，、=＝;；\t]")
_ARROW = re.compile(r"[=＝][>＞]")
_SPACE_BY_HAN = re.compile(r"[^\x00-\x7f] | [^\x00-\x7f]")


class _BadLine(Exception):
    """A line cannot be used; the message is a Chinese sentence that says why."""


def read_lexicon(corpus_dir: Path, max_file_bytes: int) -> tuple[Lexicon, tuple[FileNotice, ...]]:
    """The words of both files, and what could not be used of them; a missing file has no words."""
    words: list[str] = []
    pairs: list[tuple[str, str]] = []
    notices: list[FileNotice] = []
    for name, use in ((DICTIONARY, _dictionary_words), (SYNONYMS, _synonym_pairs)):
        wrong: list[tuple[int, str]] = []
        for number, line in _lines(corpus_dir / name, max_file_bytes, notices):
            try:
                found = use(line)
            except _BadLine as error:
                wrong.append((number, str(error)))
            else:
                words += found[0]
                pairs += found[1]
        notices += _line_notices(name, wrong)
    return lexicon_of(words, pairs), tuple(notices)


def lexicon_digest(corpus_dir: Path, max_file_bytes: int) -> str:
    """A sha256 in hex that changes whenever `read_lexicon` could give something else."""
    rows = []
    for name in (DICTIONARY, SYNONYMS):
        try:
            data = _bytes(corpus_dir / name, max_file_bytes)
        except FileRefused as error:
            rows.append((name, error.code, error.detail))
        else:
            rows.append((name, "", hashlib.sha256(data).hexdigest()))
    return hashlib.sha256(json.dumps(rows).encode("ascii")).hexdigest()


def _bytes(path: Path, max_file_bytes: int) -> bytes:
    """The content of a file, none of one that is not there; raises FileRefused."""
    if not os.path.lexists(path):
        return b""
    if path.is_symlink():
        raise FileRefused(FileCode.LINK, "是链接，没有读取；请直接放入文件")
    return read_bytes(path, max_file_bytes)


def _lines(path: Path, max_file_bytes: int, notices: list[FileNotice]) -> Iterator[tuple[int, str]]:
    """The lines that say something, with their numbers; what hinders reading becomes a notice."""
    try:
        decoded = decode(_bytes(path, max_file_bytes))
    except FileRefused as error:
        notices.append(FileNotice(path.name, FileCode(error.code), error.detail))
        return
    if decoded.lost:
        detail = f"按 {decoded.encoding} 编码读取，有 {decoded.lost} 处无法解码"
        detail += "；请把文件另存为 UTF-8 编码"
        notices.append(FileNotice(path.name, FileCode.DECODE_LOSS, detail))
    for number, line in enumerate(_NEWLINE.split(decoded.text), 1):
        if content := _COMMENT.sub("", line).strip():
            yield number, content


def _line_notices(name: str, wrong: list[tuple[int, str]]) -> Iterator[FileNotice]:
    for number, detail in wrong[:MOST_NOTICES]:
        yield FileNotice(name, FileCode.LEXICON, f"第 {number} 行没有采用：{detail}")
    if rest := wrong[MOST_NOTICES:]:
        detail = f"另有 {len(rest)} 行没有采用，从第 {rest[0][0]} 行起；请按同样的办法修改"
        yield FileNotice(name, FileCode.LEXICON, detail)


def _dictionary_words(line: str) -> tuple[list[str], list[tuple[str, str]]]:
    word, *rest = line.split()
    rated = _RATED.fullmatch(" ".join(rest))
    # Windows 10 is a word with its figure; only a line with both is surely jieba's.
    return [_word(word if rated and (len(rest) == 2 or not word.isascii()) else line)], []


def _synonym_pairs(line: str) -> tuple[list[str], list[tuple[str, str]]]:
    sides = [_group(side) for side in _ARROW.split(line)]
    if len(sides) > 2:
        raise _BadLine("有不止一个“=>”；请分成几行写")
    if len(sides) == 2 and not all(sides):
        raise _BadLine("“=>”的两边都要有词；请补上，或删除这一行")
    if len(sides) == 1 and len(sides[0]) < 2:
        raise _BadLine("只有一个词；请补上它的同义词，用逗号隔开，或删除这一行")
    pairs = permutations(sides[0], 2) if len(sides) == 1 else product(*sides)
    return [], [(word, other) for word, other in pairs]


def _group(side: str) -> list[str]:
    """The different words of one side of a line, folded."""
    words = list(dict.fromkeys(_words(side)))
    if len(words) > MOST_IN_GROUP:
        raise _BadLine(f"有 {len(words)} 个词，一组最多 {MOST_IN_GROUP} 个；请分成几行写")
    return words


def _words(side: str) -> Iterable[str]:
    return (_word(part) for part in _SEPARATORS.split(side) if part.strip())


def _word(written: str) -> str:
    """A word as it is compared; raises _BadLine with the reason why it cannot be one."""
    plain = " ".join(written.split())
    if not SHORTEST <= len(plain) <= LONGEST:
        fault = f"“{_shown(plain)}”有 {len(plain)} 个字"
        raise _BadLine(f"{fault}，一个词要有 {SHORTEST} 到 {LONGEST} 个字；请改短或改长")
    if not plain.isprintable() or "\ufffd" in plain:
        raise _BadLine(f"“{_shown(plain)}”里有看不见或无法解码的字符；请重新输入这个词")
    if _SPACE_BY_HAN.search(plain):
        raise _BadLine(f"“{_shown(plain)}”里有空格；一个词里不要有空格，几个词请分开写")
    if not re.search(r"[^\W_]", plain):
        raise _BadLine(f"“{_shown(plain)}”里没有文字；请写一个词，或删除这一行")
    return fold(plain).text


def _shown(word: str) -> str:
    visible = "".join(one if one.isprintable() else "\ufffd" for one in word)
    return visible if len(visible) <= 12 else f"{visible[:12]}…"
