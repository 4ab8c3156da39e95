"""YAML front matter: what the author of a file says of it, between `---` lines at its very top.

Front matter that cannot be understood is left in the text, so that nothing is lost, and the
problem is reported. A `---` that is only a rule at the top of a text is not front matter.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import yaml

from index.documents.dates import parse_date
from index.documents.head import MAX_TITLE, MAX_VALUE

MAX_CHARS = 16_384
MAX_URL = 2_000
KEYS = {
    "title": ("title", "标题", "题目"),
    "source": ("source", "来源", "出处"),
    "author": ("author", "authors", "作者", "记者"),
    "published": ("published", "date", "日期", "发布时间", "发布日期"),
    "url": ("url", "link", "网址", "链接"),
    "clean": ("clean", "清洗"),
}
CANONICAL = {alias: key for key, aliases in KEYS.items() for alias in aliases}
NO = frozenset({"false", "no", "off", "0", "否", "关"})
YES = frozenset({"true", "yes", "on", "1", "是", "开"})
NOTHING = frozenset({"", "~", "null"})
BLOCK = re.compile(r"---[ \t]*\r?\n(?P<yaml>(?:.*\n)*?)---[ \t]*(?:\r?\n|\Z)")
KNOWN_LINE = re.compile(rf"(?:{'|'.join(CANONICAL)})\s*[:：]", re.IGNORECASE)
WEB_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The fields a file states, by canonical name: title, source, author, published, url.

    `published` is an ISO date. The body begins at character `body_start`. `problem` is a Chinese
    sentence on what could not be used. `cleaned` is False where the file says `clean: false`.
    """

    fields: Mapping[str, str] = field(default_factory=dict)
    body_start: int = 0
    problem: str | None = None
    cleaned: bool = True


def read_front_matter(text: str) -> FrontMatter:
    """Read the front matter at the start of a text; never raises."""
    if not re.match(r"---[ \t]*\r?\n", text):
        return FrontMatter()
    block = BLOCK.match(text[: MAX_CHARS + 1])
    if block is None:
        return _unclosed(text)
    try:
        values = _load(block["yaml"])
    except _UnusableError as error:
        return _not_understood(block["yaml"], str(error))
    if not _is_ours(values):
        return FrontMatter()
    return _from_values(values, block.end())


class _UnusableError(Exception):
    """The block is not a YAML mapping that may be read; the text says why, in Chinese."""


def _load(source: str) -> dict[object, object]:
    """The mapping, its scalars as they are written.

    BaseLoader is stricter than the safe loader: it builds only strings, lists and mappings, so
    that `2018-13-40` raises nothing and a title of `007` stays one.
    """
    try:
        # Front matter has no use for aliases, and a few lines of them can stand for gigabytes.
        tokens = yaml.scan(source, yaml.BaseLoader)
        if any(isinstance(token, yaml.AliasToken) for token in tokens):
            raise _UnusableError("不支持 YAML 别名（*名称）")
        values = yaml.load(source, yaml.BaseLoader)  # noqa: S506 - builds no objects at all
    except yaml.YAMLError as error:
        raise _UnusableError(_place(error)) from error
    except RecursionError as error:
        raise _UnusableError("嵌套层数太多") from error
    if not isinstance(values, dict):
        raise _UnusableError("应为“键: 值”的形式（冒号用半角，后面留一个空格）")
    return values


def _place(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    # The first line of the file is the opening `---`, and marks count from 0.
    where = f"第 {mark.line + 2} 行附近" if mark is not None else ""
    return f"{where}不是有效的 YAML（值里有冒号或引号时，请用引号括起来）"


def _is_ours(values: dict[object, object]) -> bool:
    """Has a key that we know, or only plain ASCII keys, as other tools write."""
    keys = [str(key).strip() for key in values]
    known = any(key.lower() in CANONICAL for key in keys)
    return known or all(re.fullmatch(r"[A-Za-z][\w-]*", key, re.ASCII) for key in keys)


def _unclosed(text: str) -> FrontMatter:
    second = text[:MAX_CHARS].split("\n", 2)[1]
    if not KNOWN_LINE.match(second):
        return FrontMatter()
    detail = f"文件头缺少结束的 --- 行，或超过 {MAX_CHARS} 个字符"
    return FrontMatter(problem=f"{detail}；已按正文处理")


def _not_understood(source: str, detail: str) -> FrontMatter:
    if not any(KNOWN_LINE.match(line.strip()) for line in source.splitlines()):
        return FrontMatter()
    return FrontMatter(problem=f"文件头无法读取：{detail}；已按正文处理")


def _from_values(values: dict[object, object], body_start: int) -> FrontMatter:
    fields: dict[str, str] = {}
    problems: list[str] = []
    cleaned = True
    for name, value in values.items():
        key = CANONICAL.get(str(name).strip().lower())
        if key is None or key in fields:
            continue
        try:
            stated = _stated(key, value)
        except _UnusableError as error:
            problems.append(f"“{name}”{error}")
            continue
        if key == "clean":
            cleaned = stated != "false"
        elif stated:
            fields[key] = stated
    problem = f"文件头中{'；'.join(problems)}；该项已忽略" if problems else None
    return FrontMatter(fields, body_start, problem, cleaned)


def _stated(key: str, value: object) -> str:
    """One value in its canonical form, empty where nothing is stated."""
    text = _flat(value)
    if text.lower() in NOTHING:
        return ""
    if key == "published":
        return _iso_date(text)
    if key == "url":
        return _web_address(text)
    if key == "clean":
        return _switch(text)
    return text[: MAX_TITLE if key == "title" else MAX_VALUE]


def _flat(value: object) -> str:
    words: list[str] = []
    for part in value if isinstance(value, list) else [value]:
        if not isinstance(part, str):
            raise _UnusableError("应为文字或文字列表")
        words += part.split()
    return " ".join(words)


def _iso_date(text: str) -> str:
    day = parse_date(text)
    if day is None:
        raise _UnusableError("不是有效的日期（请写成 2024-03-05）")
    return day.isoformat()


def _web_address(text: str) -> str:
    if len(text) > MAX_URL or not WEB_ADDRESS.fullmatch(text):
        raise _UnusableError("不是网址（应以 http:// 或 https:// 开头）")
    return text


def _switch(text: str) -> str:
    if text.lower() not in NO | YES:
        raise _UnusableError("应为 true 或 false")
    return "false" if text.lower() in NO else "true"
