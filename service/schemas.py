"""What comes back over HTTP, and how it is made from the index's own values.

Positions are half-open and count characters of a document's text.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from index.types import Citation, DocumentSummary, FileCode, IndexInfo, Metadata, Reason, Reply
from service import examples


class SpanOut(BaseModel):
    """Characters `start` to `end` of the document's text."""

    start: int
    end: int


class ScoresOut(BaseModel):
    """The two legs' scores, each from 0 to 1."""

    dense: Annotated[float, Field(description="语义相似度")]
    lexical: Annotated[float, Field(description="字词匹配度")]


class AnswerOut(BaseModel):
    """Words of the source, and where they stand in the cited document."""

    text: str
    sentence: Annotated[str, Field(description="答案所在的原句")]
    confidence: Annotated[float, Field(description="把握，0–1")]
    citation: Annotated[int, Field(description="出自哪条引用（rank）")]
    start: int
    end: int


class MetadataOut(BaseModel):
    """What a document says of itself."""

    title: str
    source: str | None
    author: str | None
    published: date | None
    url: str | None
    path: Annotated[str, Field(description="在语料目录里的路径")]


class CitationOut(MetadataOut):
    """A passage to the letter: characters `start` to `end` of the document are `text`."""

    rank: Annotated[int, Field(description="名次，从 1 数")]
    score: Annotated[float, Field(description="综合分，0–1")]
    scores: ScoresOut
    document_id: str
    headings: Annotated[list[str], Field(description="所在的各级标题，由外到内")]
    text: str
    start: int
    end: int
    highlights: Annotated[list[SpanOut], Field(description="与问题相合的字词在原文中的位置")]
    sha256: Annotated[str, Field(description="文档全文（UTF-8）的 SHA-256")]


class SearchResponse(BaseModel):
    """The passages that fit a question, best first."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.SEARCH]})

    question: str
    citations: list[CitationOut]
    index_version: str
    took_ms: Annotated[float, Field(description="服务用时（毫秒）")]


class AskResponse(SearchResponse):
    """An answer quoted from a source, or the reason why there is none."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [examples.ANSWERED, examples.ABSTAINED]}
    )

    answer: Annotated[AnswerOut | None, Field(description="没有把握时为 null")]
    reason: Annotated[Reason | None, Field(description="没有答案的原因")]


class DocumentOut(MetadataOut):
    """A document without its text."""

    id: str
    sha256: Annotated[str, Field(description="全文（UTF-8）的 SHA-256")]
    encoding: Annotated[str, Field(description="文件原来的编码")]
    characters: Annotated[int, Field(description="全文的字符数")]
    passages: Annotated[int, Field(description="分成了几段")]


class DocumentsResponse(BaseModel):
    """One page of the list of documents."""

    total: Annotated[int, Field(description="一共几篇")]
    offset: int
    limit: int
    items: list[DocumentOut]


class NoticeOut(BaseModel):
    """What the build says of one file."""

    path: str
    code: FileCode
    detail: str


class IndexResponse(BaseModel):
    """What the generation that serves says of itself."""

    version: str
    built_at: datetime
    model: str
    dimensions: int
    documents: int
    passages: int
    skipped: Annotated[list[NoticeOut], Field(description="没能收录的文件")]
    remarks: Annotated[list[NoticeOut], Field(description="收录了，但值得留意的文件")]


class HealthResponse(BaseModel):
    """The service has an index and answers."""

    status: Annotated[str, Field(examples=["ok"])]
    index_version: str


def ask_response(reply: Reply, took_ms: float) -> AskResponse:
    """A whole reply."""
    answer = reply.answer
    return AskResponse(
        **_found(reply, took_ms),
        answer=None if answer is None else AnswerOut.model_validate(answer, from_attributes=True),
        reason=reply.reason,
    )


def search_response(reply: Reply, took_ms: float) -> SearchResponse:
    """A reply's citations alone."""
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
        "index_version": reply.index_version,
        "took_ms": took_ms,
    }


def _metadata(metadata: Metadata, path: str) -> dict[str, Any]:
    return {
        "title": metadata.title,
        "source": metadata.source,
        "author": metadata.author,
        "published": metadata.published,
        "url": metadata.url,
        "path": path,
    }
