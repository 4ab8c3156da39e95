"""What comes back over HTTP.

Positions are half-open and count characters of a document's text.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from index.types import FileCode, Reason
from service import examples


class SpanOut(BaseModel):
    """Characters `start` to `end` of the document's text."""

    start: int
    end: int


class ScoresOut(BaseModel):
    """The two legs' scores and the reader's, each from 0 to 1."""

    dense: Annotated[float, Field(description="语义相似度")]
    lexical: Annotated[float, Field(description="字词匹配度")]
    reader: Annotated[
        float | None, Field(description="只凭阅读器，它能回答问题的概率；没有读则为 null")
    ]


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


class ReprintOut(MetadataOut):
    """Where the same passage stands in another document: its characters `start` to `end`."""

    document_id: str
    start: int
    end: int
    sha256: Annotated[str, Field(description="那篇文档全文（UTF-8）的 SHA-256")]


class CitationOut(MetadataOut):
    """A passage to the letter: characters `start` to `end` of the document are `text`."""

    rank: Annotated[int, Field(description="名次，从 1 数")]
    score: Annotated[
        float, Field(description="名次的依据，0–1；读过的段落：能回答问题的概率；其余：综合分")
    ]
    scores: ScoresOut
    document_id: str
    headings: Annotated[list[str], Field(description="所在的各级标题，由外到内")]
    text: str
    start: int
    end: int
    highlights: Annotated[list[SpanOut], Field(description="与问题相合的字词在原文中的位置")]
    sha256: Annotated[str, Field(description="文档全文（UTF-8）的 SHA-256")]
    reprints: Annotated[
        list[ReprintOut], Field(description="别的文档里相同或几乎相同的段落，不另占名次")
    ]


class DateHintOut(BaseModel):
    """A stretch of time that the question names; `from` is a keyword of Python."""

    model_config = ConfigDict(serialize_by_alias=True, validate_by_name=True)

    text: Annotated[str, Field(description="问题里的原话")]
    from_: Annotated[
        date | None,
        Field(
            validation_alias="from",
            serialization_alias="from",
            description="第一天（含）；null 为不限",
        ),
    ]
    to: Annotated[date | None, Field(description="最后一天（含）；null 为不限")]


class SearchResponse(BaseModel):
    """The passages that fit a question, best first."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.SEARCH]})

    question: str
    citations: list[CitationOut]
    dates: Annotated[
        list[DateHintOut],
        Field(
            description="问题里提到的时间，仅供参考，不限制检索；"
            "要限制发布日期，请用 published_from 和 published_to"
        ),
    ]
    index_version: str
    took_ms: Annotated[float, Field(description="服务用时（毫秒）")]


class AskResponse(SearchResponse):
    """An answer quoted from a source, or the reason why there is none."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [examples.ANSWERED, examples.ABSTAINED]}
    )

    answer: Annotated[AnswerOut | None, Field(description="没有把握时为 null")]
    reason: Annotated[Reason | None, Field(description="没有答案的原因")]
    alternatives: Annotated[
        list[AnswerOut],
        Field(description="别的引用里与答案不同的说法，如另一个数字或年份；没有则为空"),
    ]


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
