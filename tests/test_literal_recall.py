"""Whoever types a few characters that stand in the texts finds them, in a corpus of 10 000."""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from index.language.tokens import terms
from index.search.lexical import LexicalIndex
from index.search.literal import LiteralIndex
from index.search.question import understand
from index.search.ranking import Legs, rank
from index.search.vectors import VectorIndex
from index.search_index import SearchIndex
from index.types import IndexSettings
from tests.corpora import build_small, open_small, write_corpus

PASSAGES = 10_000
DIMENSIONS = 16
FEW = 5
"""A piece that stands in no more passages than this is found in all of them."""
FIRST = 10
"""How many of the best hits are looked at."""

SYLLABLES = "安北城春东方丰福高光广海河华金江景康兰林龙明南平青庆仁山石松泰天文西新阳永玉远云正中"
_PAIRS = (
    "农业工业教育卫生交通水利电力旅游文化环境住房养老就业贸易金融科技粮食蔬菜道路桥梁"
    "学校医院企业银行市场港口仓库机场车站村民居民工人教师医生老人青年发展建设完成投入"
    "增长下降达到超过改善推进实施开展组织检查修建改造支持保障计划项目资金收入产量面积"
    "人口质量标准政策办法合同补贴工程设备技术服务管理全年上年去年今年目前其中同时以及"
    "主要重点有关部分全部平均累计首次继续已经"
)
WORDS = [_PAIRS[at : at + 2] for at in range(0, len(_PAIRS), 2)]
COUNTED = ["元", "亩", "吨", "户", "人", "公里", "个", "名", "万元", "亿元", "平方米", "%"]
JOINS = ["", "", "", "的", "和", "在", "，", "、", "了", "有"]


def passage(chance: random.Random) -> str:
    """Two or three sentences of common words, with made-up names and with figures."""
    return "".join(map(_sentence, [chance] * chance.randint(2, 3)))


def _sentence(chance: random.Random) -> str:
    pieces = [_name(chance)]
    for _ in range(chance.randint(4, 8)):
        make = chance.choices([_word, _figure, _name, _latin], [12, 3, 2, 1])[0]
        pieces += [chance.choice(JOINS), make(chance)]
    return "".join(pieces) + "。"


def _word(chance: random.Random) -> str:
    return chance.choice(WORDS)


def _name(chance: random.Random) -> str:
    name = "".join(chance.choices(SYLLABLES, k=chance.randint(2, 3)))
    return name + chance.choice(["市", "县", "镇", "村", "公司", "小学", "某", ""])


def _figure(chance: random.Random) -> str:
    value = chance.choice([chance.randint(1, 99), chance.randint(100, 10**8)])
    written = chance.choice([str(value), f"{value:,}", f"{value / 10:.1f}", f"{value}万"])
    year = f"{chance.randint(1990, 2024)}年{chance.randint(1, 12)}月"
    return chance.choice([written + chance.choice(COUNTED), year, f"第{value % 100 + 1}条"])


def _latin(chance: random.Random) -> str:
    return chance.choice(["GDP", "A股", "5G", "PM2.5", "ETF", "Wi-Fi", "ＡＰＥＣ", "㎡", "B2B"])


def unit(text: str) -> NDArray[np.float32]:
    """A text's direction by the hash of its letters: no text is like another."""
    vector = np.random.default_rng(zlib.crc32(text.encode())).normal(size=DIMENSIONS)
    return (vector / np.linalg.norm(vector)).astype(np.float32)


@pytest.fixture(scope="module")
def texts() -> list[str]:
    chance = random.Random(20)
    return [passage(chance) for _ in range(PASSAGES)]


@pytest.fixture(scope="module")
def legs(texts: list[str]) -> Legs:
    vectors = np.stack([unit(text) for text in texts])
    # Of random directions the cosines have mean 0 and this deviation.
    unrelated = (0.0, DIMENSIONS**-0.5)
    return Legs(
        VectorIndex.build(vectors),
        LexicalIndex.build([terms(text) for text in texts], range(PASSAGES)),
        LiteralIndex.build(texts),
        np.arange(PASSAGES, dtype=np.int32),
        unrelated,
    )


def pieces(texts: Sequence[str], lengths: range, count: int, seed: int) -> Iterator[str]:
    """As many pieces of texts, cut anywhere, with at least one letter or figure in them."""
    chance = random.Random(seed)
    while count:
        text, length = chance.choice(texts), chance.choice(lengths)
        start = chance.randrange(len(text) - length)
        piece = text[start : start + length]
        if any(character.isalnum() for character in piece):
            count -= 1
            yield piece


def rows(piece: str, legs: Legs) -> list[int]:
    """The first hits, as the index that serves would give them."""
    question = understand(piece)
    return [one.row for one in rank(question, unit(question.words), legs, FIRST)]


def test_all_of_a_few_passages_with_a_piece_of_4_to_8_characters_are_among_the_first_ten(
    texts: list[str], legs: Legs
) -> None:
    rare = 0
    for piece in pieces(texts, range(4, 9), 400, seed=1):
        having = {row for row, text in enumerate(texts) if piece in text}
        if len(having) <= FEW:
            rare += 1
            assert having <= set(rows(piece, legs)), piece
    assert rare > 300


def test_a_piece_of_2_or_3_characters_always_finds_passages_that_have_it(
    texts: list[str], legs: Legs
) -> None:
    for piece in pieces(texts, range(2, 4), 300, seed=2):
        found = rows(piece, legs)
        assert found, piece
        having = sum(piece in text for text in texts)
        assert sum(piece in texts[row] for row in found) >= min(having, FEW), piece


# Through the facade


@pytest.fixture(scope="module")
def served(texts: list[str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchIndex]:
    """An index of three hundred documents, a passage each."""
    folder = tmp_path_factory.mktemp("recall")
    files = {f"{number:03}.txt": text for number, text in enumerate(texts[:300])}
    corpus = write_corpus(folder / "corpus", files)
    build_small(corpus, folder / "data", settings=IndexSettings(model="subjects"))
    with open_small(folder / "data") as index:
        assert index.info.passages == len(files)
        yield index


def test_the_index_that_serves_finds_them_too(texts: list[str], served: SearchIndex) -> None:
    rare = 0
    for piece in pieces(texts[:300], range(2, 9), 200, seed=3):
        reply = served.search(piece, top_k=FIRST)
        assert reply.citations, piece
        having = {f"{row:03}.txt" for row, text in enumerate(texts[:300]) if piece in text}
        if len(having) <= FEW:
            rare += 1
            assert having <= {one.path for one in reply.citations}, piece
    assert rare > 150
