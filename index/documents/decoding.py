"""Bytes to text: which encoding a Chinese text file is in, and its exact decoding.

UTF-8 and byte order marks speak for themselves. Between the older encodings there is no mark, and
GBK read as Big5 (or the reverse) is mostly valid: only the language tells. So each candidate is
decoded and judged by how much of it is everyday Chinese.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from charset_normalizer import from_bytes

from index.documents.chinese import REPLACEMENT, SAMPLE, chinese_score, share_of_text
from index.errors import FileRefused
from index.types import FileCode

# UTF-32 before UTF-16: its little-endian mark begins with that of UTF-16.
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
BINARY_MAGIC = (
    (b"PK\x03\x04", "ZIP 压缩包或 Office 文档"),
    (b"%PDF-", "PDF 文档"),
    (b"\x89PNG", "PNG 图片"),
    (b"\xff\xd8\xff", "JPEG 图片"),
    (b"GIF8", "GIF 图片"),
    (b"\x7fELF", "程序文件"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧版 Office 文档"),
    (b"\x1f\x8b", "GZIP 压缩包"),
    (b"7z\xbc\xaf\x27\x1c", "7z 压缩包"),
    (b"Rar!\x1a\x07", "RAR 压缩包"),
    (b"SQLite format 3", "SQLite 数据库"),
)
# What a file that is in none of the Chinese encodings may be in; a closed list keeps out oddities
# such as UTF-7, whose decoder can produce lone surrogates.
FOREIGN = ["cp932", "euc_jp", "cp949", "euc_kr", "cp1252"]
FOREIGN_LETTER = re.compile(r"[\u3041-\u30ff\uac00-\ud7a3]")
CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A file's text without its byte order mark, and how it was read.

    `encoding` is a Python codec name; `lost` counts the U+FFFD marks put in for bad bytes.
    """

    text: str
    encoding: str
    lost: int


def decode(data: bytes) -> Decoded:
    """Decode a text file of unknown encoding, newlines untouched.

    Raises FileRefused: BINARY for data that is no text, DECODE_LOSS where most of it cannot be
    decoded in any encoding.
    """
    _refuse_known_formats(data)
    decoded = _by_mark(data) or _by_null_pattern(data) or _as_utf8(data) or _by_language(data)
    _refuse_controls(decoded.text)
    _refuse_ruins(decoded)
    return decoded


def _by_mark(data: bytes) -> Decoded | None:
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _decode_as(data[len(mark) :], encoding)
    return None


def _by_null_pattern(data: bytes) -> Decoded | None:
    """Text with NUL bytes can only be UTF-16 (an ASCII character has one, in a fixed place)."""
    if b"\0" not in data:
        return None
    readings = [_decode_as(data, encoding) for encoding in ("utf-16-le", "utf-16-be")]
    sound = [one for one in readings if not one.lost and "\0" not in one.text]
    best = max(sound, key=lambda one: share_of_text(one.text), default=None)
    if best is None or share_of_text(best.text) < 0.5:
        raise _binary("含有空字节")
    return best


def _as_utf8(data: bytes) -> Decoded | None:
    """UTF-8, also with a few bad bytes: other encodings do not look like it by chance."""
    decoded = _decode_as(data, "utf-8")
    if _has_many_controls(decoded.text):
        return None
    return decoded if decoded.lost * 11 <= _non_ascii(decoded.text) else None


def _by_language(data: bytes) -> Decoded:
    """The candidate that reads most like Chinese; without one, the guess at other languages."""
    candidates = [_decode_as(data, name) for name in ("gb18030", "utf-8", "utf-16-le", "utf-16-be")]
    candidates.insert(1, _as_big5(data))
    best = max(candidates, key=lambda one: chinese_score(one.text))
    # A name of rare characters scores 0; a reading that is lossy or could be chance needs more.
    doubtful = best.lost or best.encoding.startswith("utf-16")
    if chinese_score(best.text) >= (1.0 if doubtful else 0.0):
        return best
    return _foreign(data) or max(candidates[:3], key=lambda one: chinese_score(one.text))


def _as_big5(data: bytes) -> Decoded:
    for encoding in ("big5", "cp950", "big5hkscs"):
        decoded = _decode_as(data, encoding)
        if not decoded.lost:
            return decoded
    return decoded


def _foreign(data: bytes) -> Decoded | None:
    guess = from_bytes(data[:SAMPLE], cp_isolation=FOREIGN).best()
    if guess is None or guess.encoding not in FOREIGN:
        return None
    decoded = _decode_as(data, guess.encoding)
    # Any bytes are valid in a Western encoding, so its text must be mostly ASCII.
    western = _non_ascii(decoded.text) * 5 <= len(decoded.text)
    sound = western or FOREIGN_LETTER.search(decoded.text)
    return decoded if sound and not decoded.lost else None


def _decode_as(data: bytes, encoding: str) -> Decoded:
    try:
        return Decoded(data.decode(encoding), encoding, 0)
    except UnicodeDecodeError:
        text = data.decode(encoding, errors="replace")
    # Marks that the file itself contains are text, not losses; Big5 cannot contain any.
    mark = REPLACEMENT.encode(encoding, errors="ignore")
    own = data.count(mark) if mark else 0
    return Decoded(text, encoding, max(1, text.count(REPLACEMENT) - own))


def _non_ascii(text: str) -> int:
    return len(text) - len(text.encode("ascii", errors="ignore"))


def _refuse_known_formats(data: bytes) -> None:
    for magic, kind in BINARY_MAGIC:
        if data.startswith(magic):
            raise _binary(f"看起来是{kind}")


def _refuse_controls(text: str) -> None:
    if _has_many_controls(text):
        raise _binary("含有大量控制字符")


def _has_many_controls(text: str) -> bool:
    sample = text[:SAMPLE]
    return len(CONTROLS.findall(sample)) * 50 > len(sample)


def _refuse_ruins(decoded: Decoded) -> None:
    if decoded.lost * 5 > len(decoded.text):
        detail = "大部分内容无法解码，认不出文字编码；请把文件另存为 UTF-8 编码后再试"
        raise FileRefused(FileCode.DECODE_LOSS, detail)


def _binary(sign: str) -> FileRefused:
    detail = f"不是纯文本文件（{sign}）；请导出为 UTF-8 编码的 .txt 或 .md 文件"
    return FileRefused(FileCode.BINARY, detail)
