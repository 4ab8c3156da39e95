"""Pydantic's validation errors in Chinese: which field, what is wrong, what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

OWN_PREFIX = "youju_"
"""Error types that begin so are raised by our own validators, with a Chinese message."""

MAX_FIELD_CHARS = 100
"""A field's name can come from the client (an unknown key), so its length is bounded."""

_INTEGER = "必须是整数，不要加引号，也不能是小数或 true/false"
_OBJECT = "必须是 JSON 对象，即用花括号 {{}} 括起的字段"
_DATE = "必须是 YYYY-MM-DD 形式的有效日期，如 2020-11-17"
_CHOICE = "只能是这些值之一：{expected}"

_SENTENCES = {
    "missing": "缺少这一项，请补上",
    "extra_forbidden": "没有这个字段，请检查拼写或去掉它",
    "json_invalid": "不是合法的 JSON，请检查引号、逗号和括号，并使用 UTF-8 编码",
    "string_type": "必须是字符串",
    "string_unicode": "含有无法用 UTF-8 表示的字符（不成对的代理项），请去掉",
    "string_too_short": "至少要有 {min_length} 个字符",
    "string_too_long": "最多 {max_length} 个字符，请缩短",
    "string_pattern_mismatch": "格式不对，应符合 {pattern}",
    "too_short": "至少要有 {min_length} 项；不需要时请省略整个字段",
    "too_long": "最多 {max_length} 项，请减少",
    "int_type": _INTEGER,
    "int_parsing": "必须是整数",
    "int_parsing_size": "数字太长，请改小",
    "int_from_float": "必须是整数，不能带小数",
    "float_type": "必须是数字",
    "float_parsing": "必须是数字",
    "finite_number": "必须是有限的数字",
    "bool_type": "必须是 true 或 false",
    "bool_parsing": "必须是 true 或 false",
    "greater_than": "必须大于 {gt}",
    "greater_than_equal": "不能小于 {ge}",
    "less_than": "必须小于 {lt}",
    "less_than_equal": "不能大于 {le}",
    "multiple_of": "必须是 {multiple_of} 的倍数",
    "list_type": '必须是数组，如 ["……"]',
    "dict_type": _OBJECT,
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "enum": _CHOICE,
    "literal_error": _CHOICE,
    "path_type": "必须是路径",
    "date_type": _DATE,
    "date_parsing": _DATE,
    "date_from_datetime_parsing": _DATE,
    "date_from_datetime_inexact": _DATE,
    "none_required": "必须是 null",
}
_FALLBACK = "取值无效，请对照接口文档 /docs 修改"


class _Context(dict[str, Any]):
    """An error's numbers; one that pydantic does not give is shown as a dash."""

    def __missing__(self, key: str) -> str:
        return "—"


def sentence(error: Mapping[str, Any]) -> str:
    """What one pydantic error (an item of `errors()`) means, as a Chinese sentence."""
    kind = str(error["type"])
    if kind.startswith(OWN_PREFIX):
        return str(error["msg"])
    context = _Context(error.get("ctx") or {})
    if "expected" in context:
        context["expected"] = str(context["expected"]).replace(" or ", "、").replace(", ", "、")
    return _SENTENCES.get(kind, _FALLBACK).format_map(context)


def field_name(location: Sequence[str | int]) -> str:
    """`("body", "filters", "source")` as `filters.source`; the body itself as `body`.

    Of a body that is not JSON, FastAPI gives the position instead of a name: that is dropped.
    """
    place, *rest = location or ("body",)
    if place not in {"body", "query", "path", "header", "cookie"}:
        rest = [place, *rest]
    if not rest or (place == "body" and isinstance(rest[0], int)):
        return str(place)
    return ".".join(str(part) for part in rest)[:MAX_FIELD_CHARS]
