"""Builds: what is published, what is taken from the cache, and what survives trouble."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from index import generation
from index.builder import Stage, build, is_stale
from index.encoding.vector_cache import BATCH
from index.errors import (
    BuildError,
    BuildLocked,
    CorpusEmpty,
    CorpusError,
    CorpusMissing,
    IndexDamaged,
    IndexMismatch,
    IndexUnusable,
)
from index.types import FileCode, IndexSettings
from tests.builds_in_trouble import WIDE
from tests.corpora import (
    FILES,
    FUND,
    LAND,
    SETTINGS,
    SMALL_PASSAGES,
    VISIT,
    build_small,
    open_small,
    write_corpus,
)
from tests.fakes import SubjectEncoder

ROOT = Path(__file__).resolve().parent.parent
QUESTION = "日照市投入的扶贫资金是真金白银的钱吗？"
CHANGED = {**FILES, "visit.md": VISIT.replace("老人", "农人")}


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return write_corpus(tmp_path / "corpus", FILES)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def contents(data: Path) -> tuple[object, ...]:
    """All that makes a generation what it is: a checksum of each file, and the background."""
    folder = generation.current_folder(data)
    manifest = generation.read_manifest(folder)
    generation.verify(folder, manifest)
    return dict(manifest.files), manifest.background, manifest.documents, manifest.passages


def generations(data: Path) -> set[str]:
    return {path.name for path in (data / "generations").iterdir()}


def in_trouble(*arguments: object) -> int:
    """Run a build that meets trouble in another process; its exit status."""
    command = [sys.executable, "-m", "tests.builds_in_trouble", *map(str, arguments)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False, timeout=120).returncode


# What is built


def test_a_build_publishes_and_reports_what_it_did(corpus: Path, data: Path) -> None:
    assert is_stale(corpus, data, SubjectEncoder(), SETTINGS)
    encoder = SubjectEncoder()
    report = build_small(corpus, data, encoder)
    assert (report.published, report.documents, report.passages) == (True, 3, 4)
    assert (report.embedded, report.reused) == (4, 0)
    assert len(encoder.embedded) == 4
    assert report.version == generation.current_version(data)
    assert not is_stale(corpus, data, SubjectEncoder(), SETTINGS)
    assert sorted(path.name for path in data.iterdir() if path.name != "build.lock") == [
        *("CURRENT", "cache", "generations"),
    ]


def test_an_unchanged_corpus_embeds_nothing_and_publishes_nothing(corpus: Path, data: Path) -> None:
    first = build_small(corpus, data)
    encoder = SubjectEncoder()
    second = build_small(corpus, data, encoder)
    assert (second.published, second.version, second.embedded) == (False, first.version, 0)
    assert (second.passages, second.reused) == (4, 4)
    assert encoder.embedded == []
    assert generations(data) == {first.version}


def test_a_changed_file_embeds_its_changed_passages_alone(corpus: Path, data: Path) -> None:
    build_small(corpus, data)
    (corpus / "fund.md").write_text(FUND.replace("道路", "公路"), encoding="utf-8")
    encoder = SubjectEncoder()
    report = build_small(corpus, data, encoder)
    assert (report.published, report.embedded, report.reused) == (True, 1, 3)
    (embedded,) = encoder.embedded
    assert "公路" in embedded


def test_an_incremental_build_equals_one_from_scratch(
    corpus: Path, data: Path, tmp_path: Path
) -> None:
    build_small(corpus, data)
    files = {**FILES, "fund.md": FUND.replace("道路", "公路"), "new.txt": "时时有钱，地地有人。"}
    del files["land.md"]
    write_corpus(corpus, files)
    report = build_small(corpus, data)
    assert 0 < report.embedded < report.passages
    scratch = build_small(corpus, tmp_path / "scratch")
    assert scratch.embedded == scratch.passages == report.passages
    assert contents(data) == contents(tmp_path / "scratch")
    with open_small(data) as one, open_small(tmp_path / "scratch") as other:
        replies = [index.ask(QUESTION, top_k=50) for index in (one, other)]
    assert replies[0] == replace(replies[1], index_version=replies[0].index_version)


def test_a_removed_file_is_gone(corpus: Path, data: Path) -> None:
    build_small(corpus, data)
    (corpus / "fund.md").unlink()
    report = build_small(corpus, data)
    assert (report.documents, report.embedded) == (2, 0)
    with open_small(data) as index:
        assert {one.path for one in index.documents(0, 50)[0]} == {"land.md", "visit.md"}
        found = index.search(QUESTION, top_k=50).citations
    assert "fund.md" not in {citation.path for citation in found}


def test_files_that_gave_no_document_are_in_the_report_of_every_build(
    corpus: Path, data: Path
) -> None:
    (corpus / "empty.txt").write_bytes(b"")
    (corpus / "picture.png").write_bytes(b"\x89PNG")
    (corpus / "z-copy.md").write_text(LAND, encoding="utf-8")
    for published in (True, False):
        report = build_small(corpus, data)
        assert report.published is published
        assert [(one.path, one.code) for one in report.skipped] == [
            ("empty.txt", FileCode.EMPTY),
            ("picture.png", FileCode.UNSUPPORTED),
        ]
        assert [(one.path, one.code) for one in report.remarks] == [
            ("z-copy.md", FileCode.DUPLICATE)
        ]


@pytest.mark.parametrize("name", ["_dictionary.txt", "_synonyms.txt"])
def test_a_changed_file_of_words_is_taken_up_without_embedding_anew(
    corpus: Path, data: Path, name: str
) -> None:
    build_small(corpus, data)
    for words in ("农人，果农\n", "农人，瓜农\n", "果农，瓜农，农人\n", None):
        if words is None:
            (corpus / name).unlink()
        else:
            # In the dictionary a line is one word, marks and all.
            (corpus / name).write_text(words, encoding="utf-8")
        assert is_stale(corpus, data, SubjectEncoder(), SETTINGS)
        report = build_small(corpus, data)
        assert (report.published, report.embedded, report.documents) == (True, 0, 3)
        assert not is_stale(corpus, data, SubjectEncoder(), SETTINGS)


def test_a_line_of_words_that_cannot_be_used_is_remarked_in_every_report(
    corpus: Path, data: Path
) -> None:
    (corpus / "_synonyms.txt").write_text("农人\n", encoding="utf-8")
    (corpus / "z-copy.md").write_text(LAND, encoding="utf-8")
    for published in (True, False):
        report = build_small(corpus, data)
        assert report.published is published
        assert [(one.path, one.code) for one in report.remarks] == [
            ("z-copy.md", FileCode.DUPLICATE),
            ("_synonyms.txt", FileCode.LEXICON),
        ]


def test_every_stage_is_heard_of_in_order_and_to_its_end(corpus: Path, data: Path) -> None:
    heard: list[tuple[Stage, int, int]] = []
    build(corpus, data, SubjectEncoder(), SETTINGS, lambda *told: heard.append(told))
    order = list(Stage)
    assert [order.index(stage) for stage, _, _ in heard] == sorted(
        order.index(stage) for stage, _, _ in heard
    )
    ends = {stage: (done, total) for stage, done, total in heard}
    assert ends == {
        Stage.READ: (3, 3),
        Stage.CHUNK: (3, 3),
        Stage.EMBED: (4, 4),
        Stage.INDEX: (4, 4),
        Stage.VERIFY: (1, 1),
    }


@pytest.mark.parametrize(
    "settings", [replace(SETTINGS, max_chars=30), replace(SETTINGS, max_file_bytes=300)]
)
def test_changed_settings_build_anew(corpus: Path, data: Path, settings: IndexSettings) -> None:
    first = build_small(corpus, data)
    assert is_stale(corpus, data, SubjectEncoder(), settings)
    second = build_small(corpus, data, settings=settings)
    assert second.published
    assert second.passages != first.passages


def test_another_model_embeds_everything_anew_and_the_first_is_refused(
    corpus: Path, data: Path
) -> None:
    build_small(corpus, data)
    other = SubjectEncoder(fingerprint="another")
    report = build_small(corpus, data, other)
    assert (report.published, report.embedded) == (True, 4)
    with pytest.raises(IndexMismatch, match="由模型 subjects 建立，与当前模型 subjects（"):
        open_small(data)
    back = build_small(corpus, data)
    assert (back.published, back.embedded) == (True, 0)


def test_passages_are_within_what_the_model_reads(corpus: Path, data: Path) -> None:
    encoder = SubjectEncoder(max_tokens=25)
    build_small(corpus, data, encoder)
    assert max(encoder.count_tokens(encoder.embedded)) <= 25


# What is not built


def test_a_corpus_without_documents_leaves_the_published_one(
    corpus: Path, data: Path, tmp_path: Path
) -> None:
    version = build_small(corpus, data).version
    write_corpus(corpus, {})
    with pytest.raises(CorpusEmpty, match="里没有文档；请放入"):
        build_small(corpus, data)
    write_corpus(corpus, {"a.pdf": "%PDF"})
    with pytest.raises(CorpusEmpty, match=r"a\.pdf"):
        build_small(corpus, data)
    with pytest.raises(CorpusMissing, match="不存在"):
        build_small(tmp_path / "nowhere", data)
    assert generation.current_version(data) == version
    assert generations(data) == {version}


@pytest.mark.parametrize("text", ["……！！\n", "# \n---\n***\n", "😀😀\n"])
def test_a_corpus_without_a_word_leaves_the_published_one(
    corpus: Path, data: Path, text: str
) -> None:
    version = build_small(corpus, data).version
    write_corpus(corpus, {"a.md": text})
    with pytest.raises(CorpusError, match="请"):
        build_small(corpus, data)
    assert generation.current_version(data) == version


# What is damaged


def published_files(data: Path) -> list[str]:
    folder = generation.current_folder(data)
    return [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]


def test_every_damaged_file_is_named_and_a_build_repairs_it(corpus: Path, data: Path) -> None:
    build_small(corpus, data)
    whole = contents(data)
    names = published_files(data)
    assert {generation.LEXICON, generation.LITERAL, generation.RECORDS} < set(names)
    for name in names:
        for damage in (lambda old: old[: len(old) // 2], flip_middle, None):
            path = generation.current_folder(data) / name
            if damage is None:
                path.unlink()
            else:
                path.write_bytes(damage(path.read_bytes()))
            with pytest.raises(IndexDamaged, match=name):
                open_small(data)
            assert is_stale(corpus, data, SubjectEncoder(), SETTINGS)
            report = build_small(corpus, data)
            assert (report.published, report.embedded) == (True, 0)
            assert contents(data) == whole


def flip_middle(content: bytes) -> bytes:
    half = len(content) // 2
    return content[:half] + bytes([content[half] ^ 1]) + content[half + 1 :]


@pytest.mark.parametrize("pointer", [b"", b"../../x", b"\xff", b"gone", b"/etc/passwd"])
def test_a_damaged_pointer_is_repaired_by_a_build(corpus: Path, data: Path, pointer: bytes) -> None:
    build_small(corpus, data)
    (data / "CURRENT").write_bytes(pointer)
    with pytest.raises(IndexDamaged, match=r"CURRENT 已损坏|manifest\.json 缺失"):
        open_small(data)
    report = build_small(corpus, data)
    assert report.published
    open_small(data).close()
    assert generations(data) == {report.version}


def test_an_index_of_another_format_is_refused_and_built_anew(corpus: Path, data: Path) -> None:
    build_small(corpus, data)
    manifest = generation.current_folder(data) / generation.MANIFEST
    manifest.write_text(manifest.read_text().replace('"format": 2', '"format": 99'))
    with pytest.raises(IndexMismatch, match="格式版本是 99，本程序需要 2"):
        open_small(data)
    assert build_small(corpus, data).published
    open_small(data).close()


# Builds side by side, and old generations


class WaitingEncoder(SubjectEncoder):
    """Waits in the middle of a build until it is told to go on."""

    def __init__(self) -> None:
        super().__init__()
        self.reached = threading.Event()
        self.go_on = threading.Event()

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.reached.set()
        assert self.go_on.wait(60)
        return super().embed_passages(texts)


def test_a_second_build_is_refused_while_one_runs_and_searching_goes_on(
    corpus: Path, data: Path
) -> None:
    build_small(corpus, data)
    write_corpus(corpus, CHANGED)
    encoder = WaitingEncoder()
    first = threading.Thread(target=build_small, args=[corpus, data, encoder])
    first.start()
    assert encoder.reached.wait(60)
    with pytest.raises(BuildLocked, match="另一个重建正在"):
        build_small(corpus, data)
    with open_small(data) as index:
        assert index.ask(QUESTION).answer is not None
    encoder.go_on.set()
    first.join()
    assert not build_small(corpus, data).published


def test_the_lock_is_free_after_a_build_that_failed(corpus: Path, data: Path) -> None:
    for _ in range(2):
        with pytest.raises(CorpusMissing, match="不存在"):
            build_small(corpus / "nowhere", data)
    assert build_small(corpus, data).published


def test_the_previous_generation_is_kept_and_older_ones_are_removed(
    corpus: Path, data: Path
) -> None:
    versions = []
    for number in range(4):
        (corpus / "new.txt").write_text(f"第{number}次有人有地。", encoding="utf-8")
        versions.append(build_small(corpus, data).version)
        assert generations(data) == set(versions[-2:])


def test_an_open_index_goes_on_answering_after_its_generation_is_removed(
    corpus: Path, data: Path
) -> None:
    version = build_small(corpus, data).version
    with open_small(data) as index:
        before = index.ask(QUESTION, top_k=50)
        for number in range(3):
            write_corpus(corpus, {"new.txt": f"第{number}次有人有地。"})
            build_small(corpus, data)
        assert version not in generations(data)
        assert index.ask(QUESTION, top_k=50) == before
        assert index.text(before.citations[0].document_id) == FUND


# Killed


def test_killed_at_any_step_a_build_leaves_one_of_two_whole_generations(
    corpus: Path, data: Path, tmp_path: Path
) -> None:
    build_small(corpus, data)
    old = contents(data)
    write_corpus(corpus, CHANGED)
    copies = tmp_path / "killed"
    assert in_trouble("killed", data, corpus, copies) == 0
    build_small(corpus, data)
    new = contents(data)
    steps = sorted(int(path.name) for path in copies.iterdir())
    assert len(steps) > 10
    # Once the new one serves it goes on serving: the pointer moves in one step.
    found = [contents(copies / str(step)) for step in steps]
    assert all(one in (old, new) for one in found)
    assert [one == new for one in found] == sorted(one == new for one in found)
    assert found[0] == old
    assert found[-1] == new
    write_corpus(corpus, {**CHANGED, "new.txt": "时时有钱，地地有人。"})
    build_small(corpus, data)
    newest = contents(data)
    for step in steps:
        copy = copies / str(step)
        before = generation.current_version(copy)
        report = build_small(corpus, copy)
        assert report.published
        assert contents(copy) == newest
        assert generations(copy) == {before, report.version}
        assert {path.name for path in copy.iterdir()} <= {
            *("CURRENT", "build.lock", "cache", "generations"),
        }


@pytest.mark.parametrize("stage", list(Stage))
def test_killed_at_the_end_of_a_stage_a_build_publishes_nothing(
    corpus: Path, data: Path, stage: Stage
) -> None:
    version = build_small(corpus, data, settings=SMALL_PASSAGES).version
    write_corpus(corpus, CHANGED)
    assert in_trouble("at-stage", data, corpus, stage) == -signal.SIGKILL
    assert generation.current_version(data) == version
    with open_small(data) as index:
        assert index.ask(QUESTION).index_version == version
    encoder = SubjectEncoder()
    report = build_small(corpus, data, encoder, SMALL_PASSAGES)
    assert report.published
    embedded_before = stage not in (Stage.READ, Stage.CHUNK)
    assert (encoder.embedded == []) is embedded_before
    assert generations(data) == {version, report.version}


def test_vectors_embedded_before_a_kill_are_not_embedded_again(tmp_path: Path) -> None:
    data = tmp_path / "data"
    lines = [f"{number:04}号是人地。" for number in range(BATCH + 50)]
    corpus = write_corpus(tmp_path / "corpus", {"list.txt": "\n\n".join(lines)})
    assert in_trouble("at-batch", data, corpus, 2) == -signal.SIGKILL
    assert generation.current_version(data) is None
    with pytest.raises(IndexUnusable, match="还没有索引"):
        open_small(data)
    report = build_small(corpus, data, settings=SMALL_PASSAGES)
    assert report.passages > BATCH
    assert report.reused == BATCH


# Out of disk


def test_a_full_disk_is_an_error_and_never_a_damaged_generation(
    corpus: Path, data: Path, tmp_path: Path
) -> None:
    wide = SubjectEncoder(dimensions=WIDE)
    more = {f"land-{number}.txt": f"第{number}块地，第{number}个人。" for number in range(15)}
    write_corpus(corpus, {**FILES, **more})
    build_small(corpus, data, wide)
    old = contents(data)
    (corpus / "visit.md").unlink()
    shutil.copytree(data, tmp_path / "free")
    build_small(corpus, tmp_path / "free", wide)
    folder = generation.current_folder(tmp_path / "free")
    sizes = {path: path.stat().st_size for path in folder.rglob("*") if path.is_file()}
    largest = max(sizes, key=lambda path: sizes[path])
    assert largest.name == generation.VECTORS
    # Each file in turn fits but for its last byte.
    limits = {0, sizes[largest] * 3 // 4, sizes[largest]}
    limits |= {size - 1 for size in sizes.values()}
    assert in_trouble("full", data, corpus, tmp_path / "full", *sorted(limits)) == 0
    for limit in sorted(limits, reverse=True):
        outcome = (tmp_path / "full" / f"{limit}.txt").read_text(encoding="utf-8")
        copy = tmp_path / "full" / str(limit)
        if limit == sizes[largest]:
            assert outcome == "published"
            assert contents(copy) == contents(tmp_path / "free")
        else:
            assert outcome.startswith("BuildError: ")
            assert "写入" in outcome
            assert contents(copy) == old
    assert build_small(corpus, copy, wide).published
    assert len(generations(copy)) == 2


def test_a_data_folder_that_is_a_file_is_an_error(corpus: Path, data: Path) -> None:
    data.write_text("in the way")
    with pytest.raises(BuildError, match="无法写入数据目录"):
        build_small(corpus, data)
    assert data.read_text() == "in the way"


@pytest.mark.parametrize("name", ["cache", "generations"])
def test_a_file_in_the_way_of_a_folder_is_an_error_and_the_index_still_serves(
    corpus: Path, data: Path, name: str
) -> None:
    build_small(corpus, data)
    write_corpus(corpus, CHANGED)
    shutil.rmtree(data / name)
    (data / name).write_text("in the way")
    with pytest.raises(BuildError, match="请检查磁盘空间和权限"):
        build_small(corpus, data)
    if name == "cache":
        with open_small(data) as index:
            assert index.ask(QUESTION).answer is not None


def test_versions_of_later_builds_sort_later(corpus: Path, data: Path) -> None:
    versions = []
    for number in range(3):
        (corpus / "new.txt").write_text(f"第{number}次有人有地。", encoding="utf-8")
        versions.append(build_small(corpus, data).version)
    assert all(one < other for one, other in pairwise(versions))
