"""What kind of words a question asks for."""

from __future__ import annotations

import pytest

from index.search.expected import asks_number, fits


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("有多少户？", "28535户"),
        ("有多少户？", "3.2万户"),
        ("减少了多少人？", "114437名"),
        ("标准高多少元？", "10.4亿元"),
        ("投入了多少钱？", "10.4亿元"),
        ("一共几个村？", "三个"),
        ("哪一年通车？", "2016年"),
        ("什么时候通车？", "去年十月"),
        ("什么时候的事？", "唐代"),
        ("占比多少？", "42.4%"),
        ("桥有多长？", "420米"),
        ("谁修的桥？", "村委会"),
        ("一年给多少生活补助？", "6000元"),
        ("减少了多少贫困人口？", "114437人"),
        ("有多少机关干部下乡？", "1325名"),
        ("多少学校收到了捐款？", "12所"),
        ("独居的占几成？", "四成多"),
        ("水泥和沙的比例", "1：3"),
        ("谁打了人？", "吴1某"),
        ("向哪个公司借的？", "沙湾支行"),
    ],
)
def test_words_of_the_kind_asked_for_fit(question: str, words: str) -> None:
    assert fits(question, words)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("有多少户？", "63887人"),
        ("有多少户？", "贫困人口"),
        ("减少了多少人？", "42.4%"),
        ("有多少亩？", "大棚100个"),
        ("哪一年通车？", "日照市"),
        ("桥有多长？", "很长"),
        ("一共几个村？", "重点村"),
        ("各级一共投入了多少钱？", "2016年以来，全市各级投入的资金"),
        ("一年给多少生活补助？", "10%"),
        ("减少了多少贫困人口？", "7.4%降至0.22%"),
        ("有多少机关干部下乡？", "4190户"),
        ("独居的占几成？", "7.5万名"),
        ("谁打了人？", "12人"),
        ("谁打了人？", "3年"),
        ("在哪个县？", "日照"),
    ],
)
def test_words_of_another_kind_do_not(question: str, words: str) -> None:
    assert not fits(question, words)


@pytest.mark.parametrize("question", ["有多少户？", "哪年通车？", "什么时候？", "比例是多大？"])
def test_a_figure_or_a_time_is_asked_for(question: str) -> None:
    assert asks_number(question)


@pytest.mark.parametrize("question", ["谁保管合同？", "有哪些产业？", "为什么？"])
def test_no_figure_is_asked_for(question: str) -> None:
    assert not asks_number(question)
