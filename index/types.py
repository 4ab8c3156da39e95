"""The values that cross package borders: frozen, slotted, and nothing but values.

All positions are half-open ranges of characters (Python string indices) of a document's text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Characters `start` to `end` (half-open) of a document's text."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"not a span: {self.start}..{self.end}")


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a document says of itself; None where it says nothing."""

    title: str
    source: str | None = None
    author: str | None = None
    published: date | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """One file of the corpus, its text exactly as decoded.

    `id` is derived from `path`, so that it survives an edit; `sha256` is that of the text in
    UTF-8, so that whoever fetches the text can check it. The text before `body_start` is front
    matter. `cleaned` is False where the front matter switches the cleaning rules off.
    """

    id: str
    path: str
    text: str
    sha256: str
    metadata: Metadata
    encoding: str
    body_start: int = 0
    cleaned: bool = True


class FileCode(StrEnum):
    """Why a file, or a part of one, did not simply become a document."""

    EMPTY = "empty"
    BINARY = "binary"
    UNREADABLE = "unreadable"
    TOO_LARGE = "too_large"
    UNSUPPORTED = "unsupported"
    LINK = "link"
    BAD_NAME = "bad_name"
    DUPLICATE = "duplicate"
    DECODE_LOSS = "decode_loss"
    FRONT_MATTER = "front_matter"
    LEXICON = "lexicon"


@dataclass(frozen=True, slots=True)
class FileNotice:
    """One line of the build report on one file: `detail` is a Chinese sentence for the user."""

    path: str
    code: FileCode
    detail: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A corpus as read: the documents; the files that gave none; remarks on those that did.

    A file with the same text as an earlier one is a remark, not a loss: its text is searched.
    """

    documents: tuple[Document, ...]
    skipped: tuple[FileNotice, ...]
    remarks: tuple[FileNotice, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """A quotable piece of one document: `document.text[start:end] == text`, always.

    `headings` is the path of headings above it, outermost first: context for search, never
    part of the quote.
    """

    document_id: str
    start: int
    end: int
    text: str
    headings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Filters:
    """Which documents may be searched; None means no restriction. Dates are inclusive."""

    document_ids: frozenset[str] | None = None
    source: str | None = None
    published_from: date | None = None
    published_to: date | None = None


@dataclass(frozen=True, slots=True)
class Scores:
    """One passage's scores, each within 0 and 1 and comparable between questions.

    Of each leg, and the reader's own; None where it has not read the passage.
    """

    dense: float
    lexical: float
    reader: float | None = None


@dataclass(frozen=True, slots=True)
class Reprint:
    """Another document that has the same, or nearly the same, passage: `text[start:end]` there."""

    document_id: str
    path: str
    metadata: Metadata
    start: int
    end: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Citation:
    """A passage quoted to the letter with its place: `document.text[start:end] == text`.

    `rank` counts from 1. `score` (0 to 1) orders the citations: of passages that were read it is
    the probability that they answer, else the two legs' fused score.
    `highlights` are spans of the document, inside this passage. `sha256` is the document's.
    `reprints` are the other places where the passage stands, which are no hits of their own.
    """

    rank: int
    score: float
    scores: Scores
    document_id: str
    path: str
    metadata: Metadata
    headings: tuple[str, ...]
    text: str
    start: int
    end: int
    highlights: tuple[Span, ...]
    sha256: str
    reprints: tuple[Reprint, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """Words of the source: `text` is part of `sentence`, which is part of the citation.

    `start` and `end` place `text` in the document; `citation` is the rank of the citation.
    `confidence` is within 0 and 1.
    """

    text: str
    sentence: str
    confidence: float
    citation: int
    start: int
    end: int


class Reason(StrEnum):
    """Why there is no answer."""

    NO_MATCH = "no_match"
    LOW_CONFIDENCE = "low_confidence"
    FILTERED_OUT = "filtered_out"


@dataclass(frozen=True, slots=True)
class DateHint:
    """A stretch of time that a question names: `text` as asked, and the days it means.

    Both days are inclusive; None where that end is open. It restricts nothing by itself.
    """

    text: str
    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class Reply:
    """What a question comes back with.

    `reason` says why there is no answer; both are None only where no answer was asked for.
    `alternatives` are answers of other passages that say something else. `dates` are the stretches
    of time that the question names.
    """

    question: str
    answer: Answer | None
    reason: Reason | None
    citations: tuple[Citation, ...]
    index_version: str
    dates: tuple[DateHint, ...] = ()
    alternatives: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """A document without its text, for listings; `characters` is the text's length."""

    id: str
    path: str
    metadata: Metadata
    sha256: str
    encoding: str
    characters: int
    passages: int


@dataclass(frozen=True, slots=True)
class IndexInfo:
    """What a generation says of itself."""

    version: str
    built_at: datetime
    model: str
    dimensions: int
    documents: int
    passages: int
    skipped: tuple[FileNotice, ...]
    remarks: tuple[FileNotice, ...]


@dataclass(frozen=True, slots=True)
class IndexSettings:
    """All that decides what a build makes; part of a generation's fingerprint.

    `model` is "default" for the model that comes with the project, or any sentence-transformers
    folder or hub name. Prompts of None are the model's own. `precision` is "auto", "float32" or
    "bfloat16". `max_chars` is a passage's length in characters, `max_file_bytes` a file's size.
    """

    model: str = "default"
    question_prompt: str | None = None
    passage_prompt: str | None = None
    precision: str = "auto"
    max_chars: int = 250
    max_file_bytes: int = 20 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did. `published` is False where nothing had changed since `version`."""

    version: str
    published: bool
    documents: int
    passages: int
    embedded: int
    reused: int
    seconds: float
    skipped: tuple[FileNotice, ...] = field(default=())
    remarks: tuple[FileNotice, ...] = field(default=())
