"""Every error that the index raises on purpose.

    YoujuError
    ├── CorpusError               the corpus as a whole cannot be used
    │   ├── CorpusMissing         no such folder
    │   └── CorpusEmpty           nothing in it could be read
    ├── FileRefused               one file cannot become a document (the build goes on)
    ├── BuildError                a build could not be finished; nothing was published
    │   └── BuildLocked           another build holds the lock
    ├── IndexUnusable             there is no generation that can be served
    │   ├── IndexMissing          nothing has been published yet
    │   ├── IndexDamaged          a file is missing or its checksum differs
    │   └── IndexMismatch         made by another version, model or setting
    ├── ModelError                a model (for vectors, for reading) cannot be loaded
    └── QueryError                the request itself is wrong
        ├── BadQuestion           empty, or too long
        ├── BadFilter             impossible dates and the like
        └── UnknownDocument       no document has that id

Messages are in Chinese, for the person at the screen, and say what to do next.
"""

from __future__ import annotations


class YoujuError(Exception):
    """The root: catch this to catch all of the index's own errors."""


class CorpusError(YoujuError):
    """The corpus as a whole cannot be used."""


class CorpusMissing(CorpusError):
    """The corpus folder does not exist or is not a folder."""


class CorpusEmpty(CorpusError):
    """No file of the corpus could be read, so there is nothing to publish."""


class FileRefused(YoujuError):
    """One file cannot become a document; `code` is a `types.FileCode` value."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


class BuildError(YoujuError):
    """A build could not be finished; the previous generation still serves."""


class BuildLocked(BuildError):
    """Another build is running on the same data folder."""


class IndexUnusable(YoujuError):
    """There is no generation that can be served."""


class IndexMissing(IndexUnusable):
    """Nothing has been published in this data folder yet."""


class IndexDamaged(IndexUnusable):
    """A file of the generation is missing or does not match its checksum."""


class IndexMismatch(IndexUnusable):
    """The generation was made by another format version, model or prompt."""


class ModelError(YoujuError):
    """The embedding model cannot be found, read or run."""


class QueryError(YoujuError):
    """The request itself is wrong; `field` names the part that is."""

    def __init__(self, field: str, detail: str) -> None:
        super().__init__(detail)
        self.field = field
        self.detail = detail


class BadQuestion(QueryError):
    """The question is empty or too long."""


class BadFilter(QueryError):
    """A filter can match nothing, as with a period that ends before it begins."""


class UnknownDocument(QueryError):
    """No document of the generation has this id."""
