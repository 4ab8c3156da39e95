"""Questions with another figure or name in them, and questions said shorter."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from training.alterations import Altered, Pool, altered, pool_of
from training.shortening import shortened

from index.language.folding import fold

QUESTIONS = [
    "《红楼梦》的作者是谁？",
    "《西游记》有多少回？",
    "烟台市2016年投入多少资金？",
    "青岛市有几个区？",
    "NBA有多少支球队？",
    "WTO在哪里？",
    "Google Maps是什么？",
    "法國的首都是哪裡？",
    "德國有多少人？",
    "「王」是谁？",
    "今天天气怎么样？",
]
TITLES = ["清华大学", "北京大学 (学校)", "泰山", "水"]
POOL = pool_of(QUESTIONS, TITLES)


def test_a_pool_has_each_name_once_by_its_kind() -> None:
    made = pool_of(QUESTIONS, TITLES)
    assert made == Pool(
        {
            "《": ("《红楼梦》", "《西游记》"),
            "place": ("烟台", "青岛"),
            "acronym": ("NBA", "WTO"),
            "latin": ("Google Maps",),
            "country": ("法國", "德國"),
            "「": ("「王」",),
        },
        ("清华大学", "北京大学", "泰山"),
    )
    assert pool_of(QUESTIONS * 2, TITLES * 2) == made


@pytest.mark.parametrize(
    ("question", "passage", "changed"),
    [
        (
            QUESTIONS[0],
            "《红楼梦》是小说。",
            ("《西游记》的作者是谁？", "《红楼梦》", "《西游记》"),
        ),
        (QUESTIONS[3], "青岛市有七个区。", ("烟台市有几个区？", "青岛", "烟台")),
        (QUESTIONS[4], "NBA在美国。", ("WTO有多少支球队？", "NBA", "WTO")),
        (QUESTIONS[7], "法国在欧洲。", ("德國的首都是哪裡？", "法國", "德國")),
        ("清华大学在哪？", "清华大学", ("北京大学在哪？", "清华大学", "北京大学")),
        (
            "《红楼梦》？《红楼梦》？",
            "《红楼梦》",
            ("《西游记》？《西游记》？", "《红楼梦》", "《西游记》"),
        ),
    ],
)
def test_a_name_becomes_another_of_its_kind(
    question: str, passage: str, changed: tuple[str, str, str]
) -> None:
    assert altered(question, passage, Random(0), POOL) == Altered(*changed)


@pytest.mark.parametrize(
    ("question", "passage"),
    [
        ("今天天气怎么样？", "今天天气好。"),
        ("青岛市有几个区？", "青岛的邻市烟台没有区。"),
        ("青岛市有几个区？", "全市有七个区。"),
        ("Google Maps是什么？", "Google Maps是地图。"),
        ("哪3个国家？", "有3个国家。"),
        ("第1，234章", "第1，234章"),
        ("青岛和青岛市？", "没有"),
        ("", ""),
    ],
)
def test_where_nothing_fits_nothing_is_changed(question: str, passage: str) -> None:
    assert altered(question, passage, Random(0), POOL) is None


@pytest.mark.parametrize(
    ("question", "low", "high", "around"),
    [
        ("2016年投入多少？", 2004, 2028, "{}年投入多少？"),
        ("5月的产量？", 1, 12, "{}月的产量？"),
        ("7日的产量？", 1, 28, "{}日的产量？"),
        ("这座420米的桥？", 100, 999, "这座{}米的桥？"),
        ("比例为3.5%的？", 2, 9, "比例为{}.5%的？"),
    ],
)
def test_a_figure_becomes_one_that_is_like_it(
    question: str, low: int, high: int, around: str
) -> None:
    before, after = around.split("{}")
    seen = set()
    for seed in range(20):
        change = altered(question, question, Random(seed), POOL)
        assert change is not None
        assert change.question.startswith(before)
        assert change.question.endswith(after)
        figure = int(change.question.removeprefix(before).removesuffix(after))
        assert low <= figure <= high
        seen.add(figure)
    assert len(seen) > 1


def test_a_figure_is_the_passages_in_whatever_form_it_stands_there() -> None:
    for passage in ("二〇一六年的事。", "2016 年的事。", "２０１６年的事。"):
        assert altered("2016年的事？", passage, Random(0), POOL) is not None


NAMES = ["烟台", "青岛", "法国", "德國", "NBA", "WTO", "《西游记》", "清华大学", "北京大学"]
PIECES = st.sampled_from([*NAMES, "2016年", "2017年", "5月", "420米", "的", "，", "多少人", "16"])


@given(st.lists(PIECES).map("".join), st.lists(PIECES).map("".join), st.integers(0, 99))
def test_what_is_taken_out_stood_in_the_passage_and_what_is_put_in_does_not(
    question: str, passage: str, seed: int
) -> None:
    change = altered(question, passage, Random(seed), POOL)
    assert change == altered(question, passage, Random(seed), POOL)
    if change is None:
        return

    def bare(text: str) -> str:
        return fold("".join(text.split())).text

    assert change.question == question.replace(change.old, change.new) != question
    assert bare(change.old) in bare(passage)
    assert bare(change.old) not in bare(change.question)
    assert bare(change.new) not in bare(passage)
    assert bare(change.new) in bare(change.question)


@pytest.mark.parametrize(
    ("question", "forms"),
    [
        ("请问，这座桥有多长？", {"这座桥有多长"}),
        ("桥的长度是多少？", {"桥的长度", "桥长度", "桥长度是多少"}),
        ("桥有哪些特点？", {"桥特点"}),
        ("新桥在什么时候建成的？", {"新桥建成时间", "新桥在啥时候建成的"}),
        ("新橋在何時建成？", {"新橋建成時間", "新橋在啥時候建成"}),
        ("为什么建桥？", {"为啥建桥"}),
        ("建桥的目的是什么？", {"建桥的目的", "建桥目的", "建桥的目的是啥", "建桥目的是啥"}),
        ("被称为什么？", {"被称为啥"}),
        ("不是什么？", {"不是啥"}),
        ("为了建桥，花了多少钱？", {"为了建桥 花多少钱", "为了建桥，花多少钱"}),
    ],
)
def test_a_question_is_said_shorter(question: str, forms: set[str]) -> None:
    assert {shortened(question, Random(seed)) for seed in range(60)} == forms


@pytest.mark.parametrize("question", ["桥长多少？", "桥长多少", "是什么？", "？", "", "请问"])
def test_what_is_short_already_stays(question: str) -> None:
    told = shortened(question, Random(0))
    assert told is None or (question, told) == ("是什么？", "是啥")


WORDS = ["请问", "桥", "的", "了", "建成", "，", "？", " "]
ASKING = st.sampled_from([*WORDS, "是", "什么", "多少", "为", "哪些", "有", "何时", "哪一年"])


@given(st.lists(ASKING).map("".join) | st.text(), st.integers(0, 99))
def test_a_shorter_question_is_never_empty_nor_the_same(question: str, seed: int) -> None:
    told = shortened(question, Random(seed))
    assert told == shortened(question, Random(seed))
    assert told is None or (told.strip() and told != question)
