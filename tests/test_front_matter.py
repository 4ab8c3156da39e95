"""Front matter: read where it is one, left in the text where it is not, never fatal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.documents.front_matter import FrontMatter, read_front_matter

FULL = """---
title: 春耕生产全面展开
source: 某某日报
author: [王小明, 李文]
published: 2024-03-05
url: https://example.com/1.html
---
正文从这里开始。
"""
FIELDS = {
    "title": "春耕生产全面展开",
    "source": "某某日报",
    "author": "王小明 李文",
    "published": "2024-03-05",
    "url": "https://example.com/1.html",
}


@pytest.mark.parametrize("text", [FULL, FULL.replace("\n", "\r\n")])
def test_every_field_is_read(text: str) -> None:
    front = read_front_matter(text)
    assert dict(front.fields) == FIELDS
    assert text[front.body_start :].strip() == "正文从这里开始。"
    assert (front.problem, front.cleaned) == (None, True)


def test_chinese_keys_are_read() -> None:
    text = (
        "---\n标题: 甲\n来源: 乙\n作者: 丙\n发布时间: 2024年3月5日 8:30\n链接: http://a.cn\n---\n"
    )
    assert dict(read_front_matter(text).fields) == {
        "title": "甲",
        "source": "乙",
        "author": "丙",
        "published": "2024-03-05",
        "url": "http://a.cn",
    }


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("2024-03-05", "2024-03-05"),
        ("2024-03-05 08:30:00", "2024-03-05"),
        ("'2024/3/5'", "2024-03-05"),
        ("2024.3.5", "2024-03-05"),
        ("20240305", "2024-03-05"),
        ("二〇二四年三月十五日", "2024-03-15"),
    ],
)
def test_dates_in_the_usual_forms(written: str, iso: str) -> None:
    assert read_front_matter(f"---\ndate: {written}\n---\n").fields["published"] == iso


@pytest.mark.parametrize(
    ("written", "cleaned"), [("false", False), ("否", False), ("no", False), ("true", True)]
)
def test_cleaning_can_be_switched_off(written: str, cleaned: bool) -> None:
    assert read_front_matter(f"---\nclean: {written}\n---\n正文").cleaned is cleaned


def test_scalars_stay_as_they_are_written() -> None:
    assert read_front_matter("---\ntitle: 007\nsource: yes\n---\n").fields == {
        "title": "007",
        "source": "yes",
    }


def test_empty_values_say_nothing() -> None:
    front = read_front_matter("---\ntitle:\nsource: ~\nauthor: []\n---\n")
    assert (dict(front.fields), front.problem) == ({}, None)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("published: 2018-13-40", "不是有效的日期"),
        ("url: javascript:alert(1)", "不是网址"),
        ("clean: 也许", "true 或 false"),
        ("author: {name: 王小明}", "文字或文字列表"),
    ],
)
def test_a_bad_value_is_named_and_the_others_kept(line: str, problem: str) -> None:
    text = f"---\ntitle: 好标题\n{line}\n---\n正文"
    front = read_front_matter(text)
    assert dict(front.fields) == {"title": "好标题"}
    assert text[front.body_start :] == "正文"
    assert problem in (front.problem or "")


@pytest.mark.parametrize(
    ("block", "problem"),
    [
        ("title: 甲: 乙: 丙\n", "第 2 行附近不是有效的 YAML"),
        ("title: [没有结束\n", "不是有效的 YAML"),
        ("标题：用了全角冒号\n", "冒号用半角"),
        ("title: &a [x]\nsource: *a\n", "别名"),
        ("title: " + "[" * 3000 + "\n", "嵌套|YAML"),
        ("title: \x01\n", "YAML"),
    ],
)
def test_bad_yaml_stays_in_the_text(block: str, problem: str) -> None:
    front = read_front_matter(f"---\n{block}---\n正文")
    assert (front.body_start, dict(front.fields)) == (0, {})
    assert any(part in (front.problem or "") for part in problem.split("|"))


def test_a_missing_end_is_named() -> None:
    front = read_front_matter("---\ntitle: 甲\n\n正文没有第二道横线。\n")
    assert front.body_start == 0
    assert "缺少结束的 ---" in (front.problem or "")


def test_a_block_that_is_too_long_is_not_read() -> None:
    front = read_front_matter("---\ntitle: 甲\n" + "x: y\n" * 10_000 + "---\n正文")
    assert front.body_start == 0
    assert "16384" in (front.problem or "")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "---",
        "---\n",
        "---\n---\n正文",
        "---\n正文在横线下面。\n---\n又一段。\n",
        "---\n只有一道横线。\n",
        "---\n提示: 这是普通的一段话\n---\n正文",
        "\n---\ntitle: 不在开头\n---\n",
        "正文\n---\ntitle: 甲\n---\n",
        "----\ntitle: 四个横线\n----\n",
    ],
)
def test_a_rule_is_not_front_matter(text: str) -> None:
    assert read_front_matter(text) == FrontMatter()


@given(st.text(alphabet="-\n\r: '\"[]{}*&!|>标题title甲1", max_size=80))
def test_nothing_written_there_is_fatal(block: str) -> None:
    text = f"---\n{block}\n---\n正文"
    front = read_front_matter(text)
    assert 0 <= front.body_start <= len(text)
