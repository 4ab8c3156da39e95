"""Short names that documents declare: which are taken, what they stand for, what is left alone."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.language.abbreviations import declared
from index.language.general_words import is_general


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        (
            "为支持中国农业发展银行（以下简称“农发行”）改革，",
            [("农发行", "中国农业发展银行")],
        ),
        ("据青山县水利局（以下简称青山水利）介绍，", [("青山水利", "青山县水利局")]),
        ("记者从中国国家铁路集团(下称：国铁集团)获悉", [("国铁集团", "中国国家铁路集团")]),
        ("為支持中國農業發展銀行（以下簡稱「農發行」）的改革", [("農發行", "中國農業發展銀行")]),
        (
            "中国生物多样性保护与绿色发展基金会（简称中国绿发会、绿会）",
            [
                ("中国绿发会", "中国生物多样性保护与绿色发展基金会"),
                ("绿会", "中国生物多样性保护与绿色发展基金会"),
            ],
        ),
        ("在北京青山（集团）公司（以下简称青山公司）", [("青山公司", "北京青山（集团）公司")]),
        ("中国农业银行温州分行（代码：000，简称农行温州分行）",
         [("农行温州分行", "中国农业银行温州分行")]),
        ("按照《消除浪费公约》（以下简称《消浪公约》）", [("消浪公约", "消除浪费公约")]),
        ("东山大学，简称东大，创办于1930年。", [("东大", "东山大学")]),
        ("华山电脑股份有限公司（英语：Huashan），简称华山电脑或华脑。", [
            ("华山电脑", "华山电脑股份有限公司"), ("华脑", "华山电脑股份有限公司")]),
        ("标法中心的全称是标准与法规研究中心，", [("标法中心", "标准与法规研究中心")]),
        ("据世界卫生组织（WHO）报告，", [("WHO", "世界卫生组织")]),
        ("国际可持续准则理事会（简称ISSB）发布", [("ISSB", "国际可持续准则理事会")]),
    ],
)  # fmt: skip
def test_a_declaration_gives_the_name_and_no_more(text: str, pairs: list[tuple[str, str]]) -> None:
    assert list(declared(text)) == pairs


@pytest.mark.parametrize(
    "text",
    [
        "根据《关于加快发展的意见》（国办发〔2024〕3号，以下简称《意见》）",
        "某县水务有限公司（以下简称“公司”或“本公司”）",
        "原告青山水务有限公司（以下简称原告）与被告李明",
        "青山某某水务有限公司（以下简称某某水务）",
        "云南省（简称“滇”）",
        "开展安全生产专项整治行动（以下简称专项行动）",
        "四川省防汛抗旱指挥部办公室（以下简称省防办）",
        "中国银行股份有限公司青山支行（以下简称中国银行）",
        "《甲县节水办法》和《乙县治水办法》（以下简称节水治水办法）",
        "关于实施国家优秀教师培养计划的意见》（以下简称“国优计划”）",
        "印发了《关于实施国家优秀教师培养计划的意见》（以下简称“国优计划”）",
        "今年在联邦公开市场委员会（FOMC）会上",
        "英国调查公司科睿唯安（CLAR）",
        "证券简称：青山水务 公告编号：2024-001",
        "青山公司位于江北区的第二工厂，简称青山厂，今年停产。",
        "（以下简称农发行）",
        "，简称农发行。",
        "农发行，全称是农发行。",
    ],
)
def test_what_is_general_anonymous_or_unclear_gives_nothing(text: str) -> None:
    assert list(declared(text)) == []


def test_pairs_come_in_the_order_of_the_text() -> None:
    text = "东山大学，简称东大。世界卫生组织（WHO）。北京证券交易所（以下简称北交所）"
    assert [short for short, _ in declared(text)] == ["东大", "WHO", "北交所"]


@pytest.mark.parametrize("name", ["通知", "本公司", "联合声明", "工作方案", "三年行动", "滇", ""])
def test_names_of_general_words_alone_are_general(name: str) -> None:
    assert is_general(name)


@pytest.mark.parametrize("name", ["农发行", "东大", "WHO", "国铁集团"])
def test_names_of_their_own_are_not_general(name: str) -> None:
    assert not is_general(name)


PIECES = st.sampled_from(
    re.findall(
        r"\S+|\n",
        "（ ） ( ) 《 》 “ ” 以下 简称 簡稱 全称 ， 的 是 \n 中国 农业 发展 银行 农发行 "
        "WHO 世界 组织 二〇二四年 ﬁ ㎡",
    )
)


@given(st.lists(PIECES, max_size=24).map("".join) | st.text(max_size=80))
def test_pairs_stand_in_the_text_and_the_short_name_is_shorter(text: str) -> None:
    for short, long in declared(text):
        assert short in text
        assert long in text
        assert 2 <= len(short) < len(long)
