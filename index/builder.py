"""A corpus folder as a published generation.

Stages: read → chunk → embed → index → verify → publish. A build works on the side; whatever goes
wrong before the last step leaves the published generation as it was.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from index import generation
from index.documents.cleaning import keep_spans
from index.documents.corpus import corpus_digest, read_corpus
from index.encoding.encoder import Encoder
from index.encoding.vector_cache import VectorCache
from index.errors import BuildError, BuildLocked, CorpusEmpty, IndexDamaged, IndexUnusable
from index.generation import Manifest
from index.language.abbreviations import declared
from index.language.lexicon import Lexicon, as_json, with_declared
from index.language.lexicon_files import lexicon_digest, read_lexicon
from index.language.tokens import terms, word_over_seam
from index.passages.chunking import Chunk, chunk_document, fit
from index.passages.reprints import groups
from index.records import write_records
from index.search.background import background
from index.search.lexical import LexicalIndex
from index.search.literal import LiteralIndex
from index.search.vectors import VectorIndex
from index.search_index import SearchIndex
from index.types import BuildReport, Document, IndexSettings, Reading


class Stage(StrEnum):
    """The stages of a build, in order, as `Progress` hears of them."""

    READ = "read"
    CHUNK = "chunk"
    EMBED = "embed"
    INDEX = "index"
    VERIFY = "verify"


Progress = Callable[[Stage, int, int], None]
"""Hears a stage, how many of its items are done, and how many there are."""


def is_stale(corpus_dir: Path, data_dir: Path, encoder: Encoder, settings: IndexSettings) -> bool:
    """Whether a build would publish something other than what is published now."""
    published = _published(data_dir)
    return published is None or published.fingerprint != _fingerprint(corpus_dir, encoder, settings)


def build(
    corpus_dir: Path,
    data_dir: Path,
    encoder: Encoder,
    settings: IndexSettings,
    progress: Progress = lambda stage, done, total: None,
    *,
    cache: Path | None = None,
) -> BuildReport:
    """Build and publish a generation of `corpus_dir` in `data_dir`.

    Vectors are kept in the folder `cache`, so that several data folders can share them; it is the
    data folder's own by default.
    Raises CorpusMissing or CorpusEmpty where there is nothing to publish, BuildLocked where
    another build runs, BuildError where the disk fails; nothing is published then.
    """
    started = time.monotonic()
    with _locked(data_dir), _disk_errors_named(data_dir):
        fingerprint = _fingerprint(corpus_dir, encoder, settings)
        published = _published(data_dir)
        if published is not None and published.fingerprint == fingerprint:
            return _report(published, started, published=False, embedded=0)
        reading = read_corpus(
            corpus_dir,
            max_file_bytes=settings.max_file_bytes,
            on_file=lambda done, total: progress(Stage.READ, done, total),
        )
        lexicon, notices = read_lexicon(corpus_dir, settings.max_file_bytes)
        reading = replace(reading, remarks=(*reading.remarks, *notices))
        chunks = _chunks(reading, encoder, settings, progress)
        if not chunks:
            raise CorpusEmpty(
                f"文档文件夹 {corpus_dir} 里的文件没有可以检索的文字；请放入有正文的文件"
            )
        vectors, embedded = _embed(cache or data_dir / "cache", encoder, chunks, progress)
        manifest = _write(
            data_dir, reading, lexicon, chunks, vectors, encoder, settings, fingerprint, progress
        )
        keep = {manifest.version} | ({published.version} if published else set())
        generation.remove_old(data_dir, keep)
    return _report(manifest, started, published=True, embedded=embedded)


@contextmanager
def _locked(data_dir: Path) -> Iterator[None]:
    """Hold the data folder's build lock; the system frees it when a build is killed."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        lock = FileLock(data_dir / "build.lock", timeout=0)
        lock.acquire()
    except Timeout as error:
        detail = f"另一个重建正在 {data_dir} 中进行，请等它结束后再试"
        raise BuildLocked(detail) from error
    except OSError as error:
        raise BuildError(f"无法写入数据目录 {data_dir}：{error.strerror or error}") from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _disk_errors_named(data_dir: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.Error, IndexDamaged) as error:
        raise BuildError(
            f"写入 {data_dir} 失败：{error}。请检查磁盘空间和权限；原有索引不受影响"
        ) from error


def _fingerprint(corpus_dir: Path, encoder: Encoder, settings: IndexSettings) -> str:
    parts = {
        "format": generation.FORMAT,
        "recipe": generation.recipe(),
        "settings": asdict(settings),
        "encoder": encoder.fingerprint,
        "corpus": corpus_digest(corpus_dir, settings.max_file_bytes),
        "lexicon": lexicon_digest(corpus_dir, settings.max_file_bytes),
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _published(data_dir: Path) -> Manifest | None:
    """The manifest of a whole and undamaged published generation, or None."""
    try:
        folder = generation.current_folder(data_dir)
        manifest = generation.read_manifest(folder)
        generation.verify(folder, manifest)
    except IndexUnusable:
        return None
    return manifest


def _chunks(
    reading: Reading, encoder: Encoder, settings: IndexSettings, progress: Progress
) -> list[Chunk]:
    chunks: list[Chunk] = []
    for done, document in enumerate(reading.documents, 1):
        chunks += chunks_of(document, encoder, settings.max_chars)
        progress(Stage.CHUNK, done, len(reading.documents))
    return chunks


def chunks_of(document: Document, encoder: Encoder, max_chars: int) -> list[Chunk]:
    """A document's passages as they are indexed, each within what the encoder reads."""
    kept = keep_spans(
        document.text,
        document.body_start,
        cleaned=document.cleaned,
        title=document.metadata.title,
    )
    chunks = chunk_document(document, kept, max_chars, word_over_seam)
    return fit(chunks, encoder.max_tokens, encoder.count_tokens, document.text)


def _embed(
    folder: Path, encoder: Encoder, chunks: list[Chunk], progress: Progress
) -> tuple[NDArray[np.float32], int]:
    cache = VectorCache(folder / "vectors.sqlite")
    try:
        return cache.embed(
            encoder,
            [chunk.searched for chunk in chunks],
            lambda done: progress(Stage.EMBED, done, len(chunks)),
        )
    finally:
        cache.close()


def _write(
    data_dir: Path,
    reading: Reading,
    lexicon: Lexicon,
    chunks: list[Chunk],
    vectors: NDArray[np.float32],
    encoder: Encoder,
    settings: IndexSettings,
    fingerprint: str,
    progress: Progress,
) -> Manifest:
    folder = generation.building_folder(data_dir)
    write_records(
        folder / generation.RECORDS,
        reading.documents,
        [chunk.passage for chunk in chunks],
        groups([chunk.words for chunk in chunks], [chunk.context for chunk in chunks]),
    )
    _save_vectors(vectors, folder / generation.VECTORS)
    _write_words(folder, reading, lexicon, chunks, progress)
    built_at = datetime.now(UTC)
    manifest = Manifest(
        version=f"{built_at:%Y%m%d-%H%M%S-%f}-{fingerprint[:8]}",
        built_at=built_at,
        fingerprint=fingerprint,
        settings=settings,
        encoder=encoder.fingerprint,
        dimensions=encoder.dimensions,
        background=background(encoder, vectors),
        documents=len(reading.documents),
        passages=len(chunks),
        skipped=reading.skipped,
        remarks=reading.remarks,
        files=generation.checksums(folder),
    )
    generation.write_manifest(folder, manifest)
    generation.verify(folder, generation.read_manifest(folder))
    # A file that a full disk cut short has the checksum of its short self: open them all.
    SearchIndex(folder, manifest, encoder).close()
    progress(Stage.VERIFY, 1, 1)
    generation.publish(data_dir, folder, manifest.version)
    return manifest


def _write_words(
    folder: Path, reading: Reading, lexicon: Lexicon, chunks: list[Chunk], progress: Progress
) -> None:
    """Write all that is searched by letters, words and what means the same."""
    declarations = (pair for document in reading.documents for pair in declared(document.text))
    lexicon = with_declared(lexicon, declarations)
    (folder / generation.LEXICON).write_text(as_json(lexicon), encoding="utf-8")
    LiteralIndex.build(chunk.words for chunk in chunks).save(folder / generation.LITERAL)
    numbers = {document.id: number for number, document in enumerate(reading.documents)}
    LexicalIndex.build(
        (terms(chunk.searched, lexicon.words) for chunk in chunks),
        [numbers[chunk.passage.document_id] for chunk in chunks],
        lambda done: progress(Stage.INDEX, done, len(chunks)),
    ).save(folder / generation.LEXICAL)


def _save_vectors(vectors: NDArray[np.float32], path: Path) -> None:
    try:
        VectorIndex.build(vectors).save(path)
    except RuntimeError as error:  # the library's one exception for all that goes wrong
        raise OSError(str(error)) from error


def _report(manifest: Manifest, started: float, *, published: bool, embedded: int) -> BuildReport:
    return BuildReport(
        version=manifest.version,
        published=published,
        documents=manifest.documents,
        passages=manifest.passages,
        embedded=embedded,
        reused=manifest.passages - embedded,
        seconds=time.monotonic() - started,
        skipped=manifest.skipped,
        remarks=manifest.remarks,
    )
