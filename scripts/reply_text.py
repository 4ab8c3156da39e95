"""A reply as lines for a person: the answer, then each passage with every place where it stands."""

from __future__ import annotations

from collections.abc import Iterator

from index.types import Answer, Citation, DateHint, Metadata, Reason, Reply, Reprint

REASONS = {
    Reason.NO_MATCH: "文档里没有与这个问题相关的内容。",
    Reason.LOW_CONFIDENCE: "文档里没有找到可靠的答案，以下是最接近的段落。",
    Reason.FILTERED_OUT: "筛选条件之内没有答案。",
}
MOST_REPRINTS = 3
"""How many places of the same passage are named; of others the number is told."""


def reply_text(reply: Reply) -> str:
    """All that a person is told, without a newline at the end."""
    return "\n".join(_lines(reply))


def _lines(reply: Reply) -> Iterator[str]:
    if reply.answer:
        yield f"答：{_said(reply.answer)}"
    elif reply.reason:
        yield REASONS[reply.reason]
    for other in reply.alternatives:
        yield f"另一处的说法：{_said(other)}"
    if reply.dates:
        yield f"问题里提到的时间：{'；'.join(map(_date, reply.dates))}"
    for citation in reply.citations:
        yield ""
        yield from _citation(citation)


def _said(answer: Answer) -> str:
    return f"{answer.text}（出处 [{answer.citation}]）"


def _date(hint: DateHint) -> str:
    return f"{hint.text}（{_days(hint)}）"


def _days(hint: DateHint) -> str:
    if hint.first == hint.last:
        return f"{hint.first}"
    if hint.last is None:
        return f"{hint.first} 起"
    return f"{hint.last} 及以前" if hint.first is None else f"{hint.first} 至 {hint.last}"


def _citation(citation: Citation) -> Iterator[str]:
    yield f"[{citation.rank}] {_about(citation.metadata)}"
    by = "得分" if citation.scores.reader is None else "能回答的概率"
    yield f"    {_place(citation)}，{by} {citation.score:.2f}"
    if citation.reprints:
        yield f"    另见于：{_reprints(citation.reprints)}"
    yield citation.text


def _about(metadata: Metadata) -> str:
    published = metadata.published and metadata.published.isoformat()
    return " · ".join(part for part in (metadata.title, metadata.source, published) if part)


def _place(quoted: Citation | Reprint) -> str:
    return f"{quoted.path} 第 {quoted.start}–{quoted.end} 字"


def _reprints(reprints: tuple[Reprint, ...]) -> str:
    named = "；".join(map(_place, reprints[:MOST_REPRINTS]))
    return named if len(reprints) <= MOST_REPRINTS else f"{named}；等 {len(reprints)} 处"
