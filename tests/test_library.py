"""The generation that serves: swapped, leased, closed once, and kept when a new one is bad."""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from index.errors import IndexDamaged, IndexMismatch, IndexMissing, IndexUnusable, ModelError
from service.library import Library, Opener
from service.settings import Settings
from tests.corpora import FILES, build_small, write_corpus
from tests.fakes import MarkReader, SubjectEncoder
from tests.fakes_service import FakeShelf

LOGGER = "service.library"


def _version(library: Library) -> str:
    with library.lease() as index:
        return index.info.version


def _wait(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.005)


def test_a_lease_gives_the_current_index() -> None:
    library = FakeShelf("one").library()
    library.refresh()
    assert _version(library) == "one"


def test_before_the_first_look_it_is_not_loaded() -> None:
    with (
        pytest.raises(IndexUnusable, match="索引尚未载入"),
        FakeShelf("one").library().lease(),
    ):
        pass


def test_a_new_generation_takes_over_and_the_old_is_closed_once() -> None:
    shelf = FakeShelf("one")
    library = shelf.library()
    library.refresh()
    shelf.version = "two"
    library.refresh()
    library.refresh()
    assert _version(library) == "two"
    assert [index.closed for index in shelf.opened] == [1, 0]


def test_a_request_in_flight_keeps_its_generation() -> None:
    shelf = FakeShelf("one")
    library = shelf.library()
    library.refresh()
    with library.lease() as first, library.lease() as again:
        shelf.version = "two"
        library.refresh()
        assert first is again
        assert (first.info.version, _version(library)) == ("one", "two")
        assert shelf.opened[0].closed == 0
    assert [index.closed for index in shelf.opened] == [1, 0]


def test_a_lease_ends_with_an_error_too() -> None:
    shelf = FakeShelf("one")
    library = shelf.library()
    library.refresh()
    with pytest.raises(RuntimeError, match="in the request"), library.lease():
        library.stop()
        raise RuntimeError("in the request")
    assert shelf.opened[0].closed == 1


def test_the_models_are_loaded_once(built_data: Path) -> None:
    opener = Opener(Settings())
    with opener(built_data) as first, opener(built_data) as second:
        assert first is not second
        assert first.encoder is second.encoder
        assert first.reader is second.reader is not None


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A data folder with an index that the fake encoder made."""
    build_small(write_corpus(tmp_path / "corpus", FILES), tmp_path / "data")
    return tmp_path / "data"


@pytest.mark.parametrize("pages", [1, 2])
def test_models_that_are_given_are_used_as_the_settings_say(small: Path, pages: int) -> None:
    encoder, reader = SubjectEncoder(), MarkReader({"老人": 2.0})
    opener = Opener(Settings(read_passages=pages), encoder, reader)
    for _ in range(2):
        with opener(small) as index:
            assert (index.encoder, index.reader) == (encoder, reader)
            index.ask("村里")
    assert len(reader.pages) == 2 * pages


def test_there_is_no_reader_where_it_is_off(small: Path) -> None:
    opener = Opener(Settings(reader="off"), SubjectEncoder())
    for _ in range(2):
        with opener(small) as index:
            assert index.reader is None


def test_a_reader_that_is_not_there_is_named(small: Path, models_dir: Path, tmp_path: Path) -> None:
    (small / "models").symlink_to(models_dir.resolve(), target_is_directory=True)
    missing = tmp_path / "reader.onnx"
    with pytest.raises(ModelError, match=re.escape(str(missing))):
        Opener(Settings(reader=str(missing)), SubjectEncoder())(small)


@pytest.mark.parametrize("error", [IndexDamaged, IndexMismatch, IndexMissing])
def test_without_a_usable_index_the_lease_says_why(error: type[IndexUnusable]) -> None:
    shelf = FakeShelf("bad")
    shelf.errors["bad"] = error("说明")
    library = shelf.library()
    library.refresh()
    with pytest.raises(error, match="说明"), library.lease():
        pass


def test_a_model_that_fails_is_told_as_an_unusable_index() -> None:
    shelf = FakeShelf("one")
    shelf.errors["one"] = ModelError("找不到模型")
    library = shelf.library()
    library.refresh()
    with pytest.raises(IndexUnusable, match="找不到模型"), library.lease():
        pass


def test_an_unforeseen_error_is_logged_whole_and_told_in_part(
    caplog: pytest.LogCaptureFixture,
) -> None:
    shelf = FakeShelf("one")
    shelf.errors["one"] = OSError("secret")
    library = shelf.library()
    library.refresh()
    with pytest.raises(IndexUnusable, match="服务日志") as told, library.lease():
        pass
    assert "secret" not in str(told.value)
    assert "secret" in caplog.text


def test_nothing_published_yet() -> None:
    shelf = FakeShelf(version=None)
    library = shelf.library()
    library.refresh()
    with pytest.raises(IndexMissing, match="scripts/rebuild_index"), library.lease():
        pass
    assert shelf.attempts == 0


def test_a_bad_generation_changes_nothing_and_is_logged_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    shelf = FakeShelf("one")
    library = shelf.library(retry_seconds=0.0)
    library.refresh()
    shelf.errors["bad"] = IndexDamaged("校验和不符")
    shelf.version = "bad"
    with caplog.at_level(logging.WARNING, LOGGER):
        for _ in range(5):
            library.refresh()
    assert _version(library) == "one"
    assert [record.getMessage() for record in caplog.records] == ["继续使用原来的索引：校验和不符"]
    assert shelf.attempts == 6
    shelf.version = "two"
    library.refresh()
    assert _version(library) == "two"


def test_a_bad_generation_is_not_opened_at_every_look() -> None:
    shelf = FakeShelf("bad")
    shelf.errors["bad"] = IndexDamaged("校验和不符")
    library = shelf.library(retry_seconds=60.0)
    for _ in range(5):
        library.refresh()
    assert shelf.attempts == 1


def test_a_generation_that_is_mended_is_taken_up() -> None:
    shelf = FakeShelf("one")
    shelf.errors["one"] = ModelError("找不到模型")
    library = shelf.library(retry_seconds=0.0)
    library.refresh()
    del shelf.errors["one"]
    library.refresh()
    assert _version(library) == "one"


def test_a_pointer_that_goes_away_leaves_the_index_serving() -> None:
    shelf = FakeShelf("one")
    library = shelf.library()
    library.refresh()
    shelf.version = None
    library.refresh()
    assert _version(library) == "one"


def test_the_thread_waits_for_an_index_then_follows_it() -> None:
    shelf = FakeShelf(version=None)
    library = shelf.library(poll_seconds=0.005)
    library.start()
    try:
        for version in ("one", "two"):
            shelf.version = version
            _wait(lambda: bool(shelf.opened) and shelf.opened[-1].version == shelf.version)
            _wait(lambda: _version(library) == shelf.version)
    finally:
        library.stop()
    assert [index.closed for index in shelf.opened] == [1, 1]
    with pytest.raises(IndexUnusable, match="尚未载入"), library.lease():
        pass


def test_it_can_be_started_again() -> None:
    shelf = FakeShelf("one")
    library = shelf.library()
    for _ in range(2):
        library.start()
        assert _version(library) == "one"
        library.stop()
    assert [index.closed for index in shelf.opened] == [1, 1]


def test_many_threads_never_use_a_closed_index() -> None:
    shelf = FakeShelf("0")
    library = shelf.library(poll_seconds=0.001)
    library.start()
    failures: list[BaseException] = []

    def use() -> None:
        try:
            for _ in range(500):
                _version(library)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(1, 20):
        shelf.version = str(number)
        time.sleep(0.003)
    for thread in threads:
        thread.join(timeout=30)
    library.stop()
    assert failures == []
    assert all(index.closed == 1 for index in shelf.opened)
