"""Decoding: each encoding that Chinese text comes in, and each kind of file that is no text."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.documents.chinese import chinese_score
from index.documents.decoding import Decoded, decode
from index.errors import FileRefused
from index.types import FileCode

SIMPLIFIED = (
    "记者从市教育局获悉，今年全市将新建学校十二所。",
    "这座大桥全长三千米，总投资八亿元。",
    "村里的老人说：“日子一天比一天好了。”",
    "经过两年的努力，贫困户都住上了新房；",
    "请各单位于月底前把材料送到办公室。",
    "图书馆周末开放，市民可以免费借阅！",
)
TRADITIONAL = (
    "記者從市政府獲悉，今年將興建十二所學校。",
    "這座大橋全長三千公尺，總經費八億元。",
    "老人說：「日子一天比一天好了。」",
    "圖書館週末開放，民眾可以免費借閱！",
    "經過兩年的努力，大家都住進了新房；",
    "請各單位於月底前將資料送到辦公室。",
)
LINE_ENDS = st.sampled_from(["\n", "\r\n", "", "\u3000\u3000", " 2024 "])


def texts(sentences: tuple[str, ...]) -> st.SearchStrategy[str]:
    piece = st.tuples(st.sampled_from(sentences), LINE_ENDS).map("".join)
    return st.lists(piece, min_size=1, max_size=12).map("".join)


@given(texts(SIMPLIFIED + TRADITIONAL))
def test_utf8_comes_back_exactly(text: str) -> None:
    assert decode(text.encode()) == Decoded(text, "utf-8", 0)


@given(texts(SIMPLIFIED + TRADITIONAL))
def test_gb18030_comes_back_exactly(text: str) -> None:
    assert decode(text.encode("gb18030")) == Decoded(text, "gb18030", 0)


@given(texts(TRADITIONAL))
def test_big5_comes_back_exactly(text: str) -> None:
    assert decode(text.encode("big5")) == Decoded(text, "big5", 0)


@given(texts(SIMPLIFIED + TRADITIONAL), st.sampled_from(["utf-16-le", "utf-16-be"]))
def test_utf16_without_a_mark_comes_back_exactly(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == Decoded(text, encoding, 0)


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
def test_a_byte_order_mark_decides_and_goes(mark: bytes, encoding: str) -> None:
    text = "一行\r\n两行"
    assert decode(mark + text.encode(encoding)) == Decoded(text, encoding, 0)


@pytest.mark.parametrize("text", ["你好", "脱贫", "山东日照", "贫困户", "新建学校"])
def test_a_few_characters_of_gbk_are_enough(text: str) -> None:
    assert decode(text.encode("gbk")) == Decoded(text, "gb18030", 0)


@pytest.mark.parametrize("text", ["臺北", "我們的學校", "圖書館"])
def test_a_few_characters_of_big5_are_enough(text: str) -> None:
    assert decode(text.encode("big5")).text == text


def test_a_name_of_rare_characters_is_still_gbk() -> None:
    assert decode("鳜鱼".encode("gbk")) == Decoded("鳜鱼", "gb18030", 0)


@pytest.mark.parametrize("text", ["plain ASCII\r\n", "一\r二\r\n三\n", "\u3000\u3000段首", ""])
def test_nothing_is_translated(text: str) -> None:
    assert decode(text.encode()).text == text


def test_english_in_utf16_is_known_by_its_null_bytes() -> None:
    assert decode("Hello, world\r\n".encode("utf-16-be")).text == "Hello, world\r\n"


@given(st.sampled_from(SIMPLIFIED), st.integers(min_value=0, max_value=5))
def test_utf8_with_a_bad_byte_stays_utf8(sentence: str, at: int) -> None:
    data = sentence[:at].encode() + b"\xff" + sentence[at:].encode()
    assert decode(data) == Decoded(sentence[:at] + "\ufffd" + sentence[at:], "utf-8", 1)


def test_a_replacement_mark_of_the_file_itself_is_not_a_loss() -> None:
    sentence = SIMPLIFIED[0]
    data = f"\ufffd{sentence}".encode()
    assert decode(data).lost == 0
    assert decode(data + b"\xff").lost == 1


def test_gbk_with_a_bad_byte_is_read_with_its_loss_counted() -> None:
    data = "".join(SIMPLIFIED).encode("gbk") + b"\xff\n" + SIMPLIFIED[0].encode("gbk")
    decoded = decode(data)
    assert (decoded.encoding, decoded.lost) == ("gb18030", 1)
    assert decoded.text.endswith(SIMPLIFIED[0])


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("これは日本語の文章です。東京は日本の首都であり、とても大きい都市です。", "cp932"),
        ("Un café très agréable, déjà vu à Paris, où l'on mange bien et pas cher.", "cp1252"),
    ],
)
def test_other_languages_do_not_become_chinese(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == Decoded(text, encoding, 0)


@pytest.mark.parametrize(
    ("data", "sign"),
    [
        (b"PK\x03\x04 and so on", "ZIP"),
        (b"%PDF-1.7\n%text", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"\x7fELF\x02\x01\x01", "程序文件"),
        (b"\0\x01\x02\x03\0" * 51, "空字节"),
        ("正文里有一个空字节\0。".encode(), "空字节"),
        (bytes(range(1, 32)) * 5, "控制字符"),
    ],
)
def test_binary_data_is_refused(data: bytes, sign: str) -> None:
    with pytest.raises(FileRefused, match=sign) as caught:
        decode(data)
    assert caught.value.code == FileCode.BINARY


def test_what_cannot_be_decoded_is_refused() -> None:
    with pytest.raises(FileRefused, match="无法解码") as caught:
        decode(b"\x81\x20" * 40)
    assert caught.value.code == FileCode.DECODE_LOSS


@given(st.binary(max_size=200))
def test_any_bytes_are_decoded_or_refused(data: bytes) -> None:
    try:
        decoded = decode(data)
    except FileRefused:
        return
    decoded.text.encode("utf-8")


def test_the_score_tells_the_right_reading_from_the_wrong_one() -> None:
    data = SIMPLIFIED[0].encode("gbk")
    assert chinese_score(data.decode("gbk")) > 1.8
    assert chinese_score(data.decode("big5", errors="replace")) < 1.0
    assert chinese_score("ASCII") == 0.0
