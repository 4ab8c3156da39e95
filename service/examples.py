"""What the interactive documentation shows as an example of each answer."""

from __future__ import annotations

from typing import Any

_CITATION: dict[str, Any] = {
    "rank": 1,
    "score": 0.93,
    "scores": {"dense": 0.89, "lexical": 0.97},
    "document_id": "c0ffee0123456789",
    "title": "某公司2020年三季报",
    "source": "新华社",
    "author": None,
    "published": "2020-11-17",
    "url": "https://example.com/2020/q3.html",
    "path": "news/q3.md",
    "headings": ["业绩"],
    "text": "前三季度净利润10.4亿元，同比增长8%。",
    "start": 1204,
    "end": 1225,
    "highlights": [{"start": 1204, "end": 1211}],
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
}
SEARCH: dict[str, Any] = {
    "question": "2020年前三季度净利润是多少？",
    "citations": [_CITATION],
    "index_version": "20201118T093000-5f2c",
    "took_ms": 12.3,
}
_ANSWER: dict[str, Any] = {
    "text": "10.4亿元",
    "sentence": "前三季度净利润10.4亿元，同比增长8%。",
    "confidence": 0.93,
    "citation": 1,
    "start": 1211,
    "end": 1217,
}
ANSWERED: dict[str, Any] = {**SEARCH, "answer": _ANSWER, "reason": None}
ABSTAINED: dict[str, Any] = {**SEARCH, "answer": None, "reason": "low_confidence"}
PROBLEM: dict[str, Any] = {
    "type": "urn:youju:problem:invalid-request",
    "title": "请求有误",
    "status": 422,
    "detail": "top_k：不能大于 50",
    "instance": "/ask",
    "errors": [{"field": "top_k", "detail": "不能大于 50"}],
}
