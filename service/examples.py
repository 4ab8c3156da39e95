"""What the interactive documentation shows as an example of each answer."""

from __future__ import annotations

from typing import Any


def _answer(words: str, citation: dict[str, Any]) -> dict[str, Any]:
    """An answer whose sentence is the whole of its citation."""
    start = citation["start"] + citation["text"].index(words)
    return {
        "text": words,
        "sentence": citation["text"],
        "confidence": citation["score"],
        "citation": citation["rank"],
        "start": start,
        "end": start + len(words),
    }


_SENTENCE = "2016年以来，日照市各级合计拿出财政专项扶贫资金10.4亿元，规模超10亿。"
_REPRINT: dict[str, Any] = {
    "document_id": "3f0c9a51d7b2e864",
    "title": "日照市脱贫攻坚综述",
    "source": "日照日报",
    "author": None,
    "published": "2020-11-18",
    "url": None,
    "path": "rizhao-daily-2020.md",
    "start": 96,
    "end": 96 + len(_SENTENCE),
    "sha256": "5d41b0c7f86e2a93104cbd7795e8f0362ab94d17c03f5e8861d2a7490fbc3e15",
}
_CITATION: dict[str, Any] = {
    "rank": 1,
    "score": 0.97,
    "scores": {"dense": 0.96, "lexical": 0.69, "reader": 0.95},
    "document_id": "818e97815d48852c",
    "title": "日照高质量答好脱贫攻坚“考卷”",
    "source": "齐鲁晚报·齐鲁壹点",
    "author": "许建立 张永斌",
    "published": None,
    "url": None,
    "path": "rizhao-2020.md",
    "headings": ["日照市的扶贫资金和产业项目"],
    "text": _SENTENCE,
    "start": 481,
    "end": 481 + len(_SENTENCE),
    "highlights": [{"start": 481, "end": 488}, {"start": 489, "end": 491}],
    "sha256": "e6afb4d6b2dff9d8942796e74790a8b57a6124e94f68920f03cd3ca0875d0ce9",
    "reprints": [_REPRINT],
}
_OTHER_TEXT = "四年来，日照市共落实财政专项扶贫资金9.8亿元，实施产业项目1200多个。"
_OTHER: dict[str, Any] = {
    "rank": 2,
    "score": 0.88,
    "scores": {"dense": 0.93, "lexical": 0.61, "reader": 0.91},
    "document_id": "c27de09b64f1a835",
    "title": "日照：四年脱贫路",
    "source": None,
    "author": None,
    "published": "2019-10-17",
    "url": None,
    "path": "rizhao-2019.md",
    "headings": [],
    "text": _OTHER_TEXT,
    "start": 130,
    "end": 130 + len(_OTHER_TEXT),
    "highlights": [{"start": 134, "end": 136}],
    "sha256": "91fe3c06a75d28b4e0c1397f6ad5024b8871ec93d3f60a25b7489eacd1053f6e",
    "reprints": [],
}
SEARCH: dict[str, Any] = {
    "question": "日照2016年以来投入了多少财政专项扶贫资金？",
    "citations": [_CITATION, _OTHER],
    "dates": [{"text": "2016年以来", "from": "2016-01-01", "to": None}],
    "index_version": "20261122-013751-557688-c6cc9806",
    "took_ms": 52.3,
}
ANSWERED: dict[str, Any] = {
    **SEARCH,
    "answer": _answer("10.4亿元", _CITATION),
    "reason": None,
    "alternatives": [_answer("9.8亿元", _OTHER)],
}
ABSTAINED: dict[str, Any] = {
    **SEARCH,
    "answer": None,
    "reason": "low_confidence",
    "alternatives": [],
}
PROBLEM: dict[str, Any] = {
    "type": "urn:youju:problem:invalid-request",
    "title": "请求有误",
    "status": 422,
    "detail": "top_k：不能大于 50",
    "instance": "/ask",
    "errors": [{"field": "top_k", "detail": "不能大于 50"}],
}
