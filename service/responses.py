"""How what comes back over HTTP is made from the index's own values."""

from __future__ import annotations

from typing import Any

from index.types import (
    Answer,
    Citation,
    DateHint,
    DocumentSummary,
    IndexInfo,
    Metadata,
    Reply,
    Reprint,
)
from service.schemas import (
    AnswerOut,
    AskResponse,
    CitationOut,
    DateHintOut,
    DocumentOut,
    IndexResponse,
    ReprintOut,
    ScoresOut,
    SearchResponse,
    SpanOut,
)


def ask_response(reply: Reply, took_ms: float) -> AskResponse:
    """A whole reply."""
    return AskResponse(
        **_found(reply, took_ms),
        answer=None if reply.answer is None else _answer_out(reply.answer),
        reason=reply.reason,
        alternatives=[_answer_out(other) for other in reply.alternatives],
    )


def search_response(reply: Reply, took_ms: float) -> SearchResponse:
    """A reply without its answer."""
    return SearchResponse(**_found(reply, took_ms))


def citation_out(citation: Citation) -> CitationOut:
    """A citation, its document's metadata beside the rest."""
    return CitationOut(
        **_metadata(citation.metadata, citation.path),
        rank=citation.rank,
        score=citation.score,
        scores=ScoresOut.model_validate(citation.scores, from_attributes=True),
        document_id=citation.document_id,
        headings=list(citation.headings),
        text=citation.text,
        start=citation.start,
        end=citation.end,
        highlights=[SpanOut(start=span.start, end=span.end) for span in citation.highlights],
        sha256=citation.sha256,
        reprints=[_reprint_out(reprint) for reprint in citation.reprints],
    )


def document_out(document: DocumentSummary) -> DocumentOut:
    """A document of a listing."""
    return DocumentOut(
        **_metadata(document.metadata, document.path),
        id=document.id,
        sha256=document.sha256,
        encoding=document.encoding,
        characters=document.characters,
        passages=document.passages,
    )


def index_response(info: IndexInfo) -> IndexResponse:
    """What a generation says of itself."""
    return IndexResponse.model_validate(info, from_attributes=True)


def _found(reply: Reply, took_ms: float) -> dict[str, Any]:
    return {
        "question": reply.question,
        "citations": [citation_out(citation) for citation in reply.citations],
        "dates": [_date_hint_out(hint) for hint in reply.dates],
        "index_version": reply.index_version,
        "took_ms": took_ms,
    }


def _answer_out(answer: Answer) -> AnswerOut:
    return AnswerOut.model_validate(answer, from_attributes=True)


def _reprint_out(reprint: Reprint) -> ReprintOut:
    return ReprintOut(
        **_metadata(reprint.metadata, reprint.path),
        document_id=reprint.document_id,
        start=reprint.start,
        end=reprint.end,
        sha256=reprint.sha256,
    )


def _date_hint_out(hint: DateHint) -> DateHintOut:
    return DateHintOut(text=hint.text, from_=hint.first, to=hint.last)


def _metadata(metadata: Metadata, path: str) -> dict[str, Any]:
    return {
        "title": metadata.title,
        "source": metadata.source,
        "author": metadata.author,
        "published": metadata.published,
        "url": metadata.url,
        "path": path,
    }
