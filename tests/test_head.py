"""The head of a document: title, source, author, date and address, where no front matter says."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.documents.head import read_head
from index.types import Metadata

SEEDS = Path(__file__).parents[2] / "shared" / "seeds"
PROSE = "春耕时节，全市农机下田作业，各乡镇抓紧播种，预计月底前完成全部计划面积。"


def head(text: str) -> Metadata:
    return read_head(text, 0, "news/文件名.txt")


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (f"春耕全面展开\n\n{PROSE}", "春耕全面展开"),
        (f"# 春耕全面展开 #\n\n{PROSE}", "春耕全面展开"),
        (f"**春耕全面展开**\n\n{PROSE}", "春耕全面展开"),
        (f"当前位置:首页 > 要闻\n我要投稿\n\n春耕全面展开\n{PROSE}", "春耕全面展开"),
        (f"2024-03-05 08:30 来源：某某日报\n春耕全面展开\n{PROSE}", "春耕全面展开"),
        (f"本报记者 王小明\n——————\n春耕全面展开\n{PROSE}", "春耕全面展开"),
        (f"抢抓农时 不误春光\n某市春耕全面展开\n{PROSE * 2}", "抢抓农时 不误春光 某市春耕全面展开"),
        (f"春耕全面展开\n——某市备耕纪实\n{PROSE}", "春耕全面展开 某市备耕纪实"),
        (f"工作方案\n一、总体要求\n{PROSE * 2}", "工作方案"),
        (f"静夜思\n床前明月光\n疑是地上霜\n{PROSE}", "静夜思"),
        (PROSE, "文件名"),
        ("", "文件名"),
        ("春" * 121, "文件名"),
    ],
)
def test_title(text: str, title: str) -> None:
    assert head(text).title == title


@pytest.mark.parametrize(
    ("line", "source"),
    [
        ("来源：新华社", "新华社"),
        ("2020-11-17 06:13:50 来源:某某网-某某日报", "某某网-某某日报"),
        ("来源：某某日报  作者：王小明", "某某日报"),
        ("来源：某某日报 | 阅读：35", "某某日报"),
        ("某某晚报·某某客户端记者 王小明 李文", "某某晚报·某某客户端"),
        ("某某晚报·某某客户端", "某某晚报·某某客户端"),
        ("本报记者 王小明", None),
        ("来源：一是财政拨款，二是社会捐助。", None),
    ],
)
def test_source(line: str, source: str | None) -> None:
    assert head(f"春耕全面展开\n{line}\n{PROSE}").source == source


@pytest.mark.parametrize(
    ("line", "author"),
    [
        ("本报记者 王小明", "王小明"),
        ("记者 王小明 李文", "王小明 李文"),
        ("通讯员 孙强\n记者 王小明", "王小明"),
        ("通讯员 孙强", "孙强"),
        ("本报记者 王小明 通讯员 孙强", "王小明"),
        ("作者:王小明", "王小明"),
        ("文/王小明", "王小明"),
        ("责任编辑:王小明", None),
        ("本报3月5日讯（记者 王小明）今天，全市春耕展开。", "王小明"),
        ("记者从市农业局获悉，今年春耕提前。", None),
    ],
)
def test_author(line: str, author: str | None) -> None:
    assert head(f"春耕全面展开\n{line}\n{PROSE}").author == author


def test_bylines_and_addresses_are_also_read_at_the_end() -> None:
    body = f"{PROSE}\n" * 60
    found = head(f"春耕全面展开\n{body}记者 王小明\n春耕全面展开:http://example.com/1.html\n")
    assert (found.author, found.url) == ("王小明", "http://example.com/1.html")


def test_a_byline_in_the_middle_is_not_the_documents() -> None:
    body = f"{PROSE}\n" * 60
    assert head(f"春耕全面展开\n{body}记者 王小明\n{body}").author is None


@pytest.mark.parametrize(
    ("line", "published"),
    [
        ("发布时间:2018-08-17 08:32:00", date(2018, 8, 17)),
        ("2020-11-17 06:13:50 来源:某某网", date(2020, 11, 17)),
        ("（2024年3月5日）", date(2024, 3, 5)),
        ("2024年3月5日", date(2024, 3, 5)),
        ("日期：2024/3/5", date(2024, 3, 5)),
        ("来源：某某日报 2024-03-05", date(2024, 3, 5)),
        ("发布时间:2018-13-40", None),
        ("时间：2024年5月1日上午9点，地点：会议室", None),
        ("2024年3月5日，全市春耕展开。", None),
    ],
)
def test_published(line: str, published: date | None) -> None:
    assert head(f"春耕全面展开\n{line}\n{PROSE}").published == published


def test_an_official_paper_is_dated_at_its_end() -> None:
    text = f"关于做好春耕工作的通知\n{PROSE}\n某市人民政府\n二〇二四年三月十五日\n"
    assert head(text).published == date(2024, 3, 15)


@pytest.mark.parametrize(
    ("line", "url"),
    [
        ("原文链接：https://example.com/a.html", "https://example.com/a.html"),
        ("http://example.com/b", "http://example.com/b"),
        ("报名网址：http://example.com/signup", None),
    ],
)
def test_url(line: str, url: str | None) -> None:
    assert head(f"春耕全面展开\n{PROSE}\n{line}").url == url


def test_reading_starts_after_the_front_matter() -> None:
    text = f"---\n作者: 别人\n---\n春耕全面展开\n{PROSE}"
    assert read_head(text, text.index("春耕"), "a.txt") == Metadata("春耕全面展开")


@given(
    st.text(alphabet="记者来源作者:： 发布时间2024-年月日13/#*【】王小明\n\u3000a", max_size=200)
)
def test_any_text_has_a_head(text: str) -> None:
    found = read_head(text, 0, "a/文件名.txt")
    assert 0 < len(found.title) <= 120


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the sample articles are not here")
def test_the_sample_articles() -> None:
    found = [
        read_head(path.read_bytes().decode(), 0, path.name) for path in sorted(SEEDS.glob("*.txt"))
    ]
    assert [one.author for one in found] == [
        "许建立 张永斌",
        "付玉成 陈玥君",
        "侯庆萍",
        "钱堃",
        None,
    ]
    assert [one.published for one in found] == [
        None,
        None,
        date(2018, 8, 17),
        date(2020, 11, 17),
        None,
    ]
    cities = ["日照", "滨州", "日照", "济南", "青岛"]
    assert all(city in one.title for city, one in zip(cities, found, strict=True))
