"""One news item in many papers is one group; the same template filled in anew is not."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.passages.reprints import groups, is_reprint
from index.passages.wording import wording

NEWS = (
    "青石镇的引水工程昨天全线完工，渠道总长12.6公里，沿线八个村的两千户农家用上了自来水，"
    "镇政府表示明年还要把管网接到山区小学。"
)
WHERE = ("青石镇", "白沙乡", "柳河县", "云岭市", "竹溪村", "松江区", "石桥镇", "枫林县")
WHO = ("水务局", "教育局", "农业合作社", "图书馆", "卫生院", "养老院", "气象站", "文化馆")
WHAT = ("修好了灌溉渠道", "开办了夜间课堂", "送出了免费种子", "翻新了阅览室", "添置了救护车")
WHY = ("方便附近居民", "应对夏季干旱", "照顾留守老人", "吸引青年回乡", "保障秋季收成")
ADDED = ("据了解", "本报讯", "记者王小明", "责任编辑李华", "他说", "来源晨报", "也")


def grouped(*texts: str, contexts: Sequence[str] | None = None) -> list[int]:
    found: list[int] = groups(texts, contexts or [""] * len(texts)).tolist()
    return found


def test_a_group_is_named_by_its_first_passage() -> None:
    assert grouped("另一篇。", NEWS, "又一篇。", NEWS, NEWS) == [0, 1, 2, 1, 1]
    assert grouped() == []


@pytest.mark.parametrize(
    "reprint",
    [
        NEWS.replace("，", ","),
        NEWS.replace("镇", "鎮").replace("12.6", "１２．６"),
        f"本报讯（记者王小明）{NEWS}",
        f"{NEWS}返回首页，责任编辑：李华",
        NEWS.replace("镇政府表示", "镇政府有关人士表示"),
        NEWS.replace("全线完工，", "全线完工，据了解，"),
    ],
)
def test_a_reprint_is_found_whatever_the_paper_added(reprint: str) -> None:
    assert grouped(NEWS, reprint) == [0, 0]
    assert grouped(reprint, NEWS) == [0, 0]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("12.6", "13.6"),
        ("12.6", "126"),
        ("12.6公里", "12.6万公里"),
        ("两千", "三千"),
        ("八个村", "九个村"),
        ("青石镇", "白沙乡"),
        ("青", "黄"),
        ("完工", "停工"),
        ("用上了", "没用上"),
        ("明年还要", "明年不还要"),
        ("镇政府", "副镇长"),
        ("镇政府表示", "前镇政府表示"),
        ("镇政府表示明年", "明年镇政府表示"),
        ("昨天全线完工", "昨天将全线完工"),
        ("12.6公里", "12.6多公里"),
        ("山区小学。", "山区小学。此消息不实。"),
        ("山区小学。", "山区小学。据悉到那时已经过去了12年。"),
        ("昨天", "一家地方报纸今天援引当地的一位官员的话说昨天"),
    ],
)
def test_other_facts_in_the_same_words_are_no_reprint(old: str, new: str) -> None:
    assert NEWS.count(old) >= 1
    assert grouped(NEWS, NEWS.replace(old, new, 1)) == [0, 1]


def test_a_short_passage_needs_the_same_title_and_headings() -> None:
    short = "今天多云，最高气温20度。"
    contexts = ["柳河天气", "云岭天气", "柳河天气", "柳河天气"]
    assert grouped(short, short, short, f"据悉{short}", contexts=contexts) == [0, 1, 0, 3]


def test_signs_alone_are_like_nothing() -> None:
    assert grouped("……", "。", "——", "……") == [0, 1, 2, 3]


def test_each_member_is_like_the_first_so_that_nothing_chains() -> None:
    steps = [NEWS]
    for credit in ("编辑李华", "校对张兰", "来源晨报", "美编陈雨"):
        steps.append(steps[-1] + credit)
    found = grouped(*steps)
    assert found[:2] == [0, 0]
    assert found[-1] != 0
    told = [wording(text) for text in steps]
    assert all(is_reprint(told[first], told[row]) for row, first in enumerate(found))


def test_a_template_printed_often_does_not_keep_others_from_their_group() -> None:
    names = [f"{a}{b}{c}" for a in "赵钱孙李周" for b in "文明华英俊" for c in "山水云林海"]
    filled = [NEWS.replace("青石", name) for name in names]
    assert grouped(NEWS, *filled, NEWS + "编辑李华")[-1] == 0
    assert grouped(NEWS, *filled)[1:] == list(range(1, len(names) + 1))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_groups_are_those_of_comparing_every_pair(seed: int) -> None:
    texts = list(_printed(random.Random(seed)))
    found = grouped(*texts)
    assert found == _by_comparing_every_pair(texts)
    assert 40 < sum(row != first for row, first in enumerate(found)) < len(texts)


def test_groups_are_the_same_each_time() -> None:
    texts = list(_printed(random.Random(4)))
    assert grouped(*texts) == grouped(*texts)


@given(st.lists(st.sampled_from([NEWS, NEWS + "完", "完", "。", "", NEWS[:45]]), max_size=12))
def test_a_first_passage_leads_itself(texts: list[str]) -> None:
    found = grouped(*texts)
    assert all(first <= row and found[first] == first for row, first in enumerate(found))
    assert found == _by_comparing_every_pair(texts)


def _printed(rng: random.Random) -> Iterator[str]:
    """Some 300 passages: news items, and what papers made of them."""
    items = [_item(rng) for _ in range(100)]
    yield from items
    for _ in range(200):
        yield _edited(rng.choice(items), rng)


def _item(rng: random.Random) -> str:
    return "".join(
        f"{rng.choice(WHERE)}{rng.choice(WHO)}{rng.choice(WHAT)}，"
        f"以{rng.choice(WHY)}，花费{rng.randint(1, 3)}万元。"
        for _ in range(rng.randint(2, 6))
    )


def _edited(text: str, rng: random.Random) -> str:
    for _ in range(rng.randint(0, 3)):
        place = rng.choice([0, rng.randrange(len(text)), len(text)])
        kind = rng.random()
        if kind < 0.7:
            text = text[:place] + rng.choice(ADDED) + text[place:]
        elif kind < 0.85:
            text = text.replace(rng.choice(WHERE), rng.choice(WHERE), 1)
        else:
            text = text.replace("2", "3", 1)
    return text


def _by_comparing_every_pair(texts: Sequence[str]) -> list[int]:
    told = [wording(text) for text in texts]
    found: list[int] = []
    for row, words in enumerate(told):
        # An equal passage shares its equal's group, and only first ones of these lead.
        equal = next((r for r in range(row) if told[r] == words and words.letters), None)
        leading = (r for r in range(row) if found[r] == r and is_reprint(told[r], words))
        like = next(leading, row) if words.letters else row
        found.append(like if equal is None else found[equal])
    return found
