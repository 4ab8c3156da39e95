"""The generation that serves, exchanged for each new one without dropping a request.

A thread looks at the pointer twice a second. A new generation is opened off to the side, then
the reference is swapped: requests in flight keep the one that they began with, and it is closed
when the last of them is done. A generation that cannot be used changes nothing.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import IndexMissing, IndexUnusable, YoujuError
from service.settings import Settings

if TYPE_CHECKING:
    from index.encoding.encoder import Encoder
    from index.reading.reader import Reader
    from index.search_index import SearchIndex

log = logging.getLogger(__name__)

OpenIndex = Callable[[Path], "SearchIndex"]
ReadVersion = Callable[[Path], str | None]

_NOT_YET = "索引尚未载入，请稍候再试。"


class Opener:
    """The real way to open a generation; the heavy imports wait until it is used.

    The models are those given, else they are loaded with the first generation and kept for the
    next ones. For one thread at a time.
    """

    def __init__(
        self, settings: Settings, encoder: Encoder | None = None, reader: Reader | None = None
    ) -> None:
        self._settings = settings
        self._encoder = encoder
        self._reader: Reader | str | None = settings.reader if reader is None else reader

    def __call__(self, data_dir: Path) -> SearchIndex:
        """Open the published generation; raises what `SearchIndex.open` does."""
        from index.search_index import SearchIndex

        index = SearchIndex.open(
            data_dir,
            self._encoder,
            settings=self._settings.index_settings(),
            reader=self._reader,
            pages=self._settings.read_passages,
        )
        self._encoder, self._reader = index.encoder, index.reader
        return index


def _current_version(data_dir: Path) -> str | None:
    from index.generation import current_version

    return current_version(data_dir)


@dataclass(slots=True, eq=False)
class _Holding:
    """One open generation and how many requests use it."""

    index: SearchIndex
    users: int = 0
    retired: bool = False


class Library:
    """Holds the current index and follows the pointer of `data_dir`.

    A generation that failed to open is tried again every `retry_seconds`, since its cause (a
    model not yet in place, a file being restored) can go away while the pointer stays.
    """

    def __init__(
        self,
        data_dir: Path,
        open_index: OpenIndex,
        *,
        read_version: ReadVersion = _current_version,
        poll_seconds: float = 0.5,
        retry_seconds: float = 30.0,
    ) -> None:
        self._data_dir = data_dir
        self._open_index = open_index
        self._read_version = read_version
        self._poll_seconds = poll_seconds
        self._retry_seconds = retry_seconds
        self._lock = threading.Lock()
        self._holding: _Holding | None = None
        self._seen: str | None = None
        self._problem: YoujuError | None = IndexUnusable(_NOT_YET)
        self._retry_at = 0.0
        self._refreshing = threading.Lock()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Open what there is, then follow the pointer in a thread until `stop`."""
        self._stopping.clear()
        self.refresh()
        self._thread = threading.Thread(target=self._follow, name="youju-library", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop following; the index is closed once the last request is done with it."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self._swap(None)
        self._seen, self._problem, self._retry_at = None, IndexUnusable(_NOT_YET), 0.0

    @contextmanager
    def lease(self) -> Iterator[SearchIndex]:
        """The current index, kept open while it is used; `IndexUnusable` says why there is none."""
        with self._lock:
            holding = self._holding
            if holding is None:
                raise self._reason()
            holding.users += 1
        try:
            yield holding.index
        finally:
            with self._lock:
                holding.users -= 1
                unused = holding.retired and holding.users == 0
            if unused:
                holding.index.close()

    def refresh(self) -> None:
        """Look at the pointer once and open what is new; never raises."""
        with self._refreshing:
            self._look()

    def _look(self) -> None:
        version: str | None = None
        try:
            version = self._read_version(self._data_dir)
            if version == self._seen and not self._retry_due():
                return
            if version is None:
                raise IndexMissing(f"{self._data_dir} 里还没有索引，请运行 scripts/rebuild_index。")
            index = self._open_index(self._data_dir)
        except YoujuError as error:
            self._failed(version, error)
        except Exception as error:
            self._failed(version, IndexUnusable("打开索引时出错，原因已写入服务日志。"), error)
        else:
            self._opened(index)

    def _follow(self) -> None:
        while not self._stopping.wait(self._poll_seconds):
            self.refresh()

    def _retry_due(self) -> bool:
        return self._problem is not None and time.monotonic() >= self._retry_at

    def _opened(self, index: SearchIndex) -> None:
        self._seen = index.info.version
        self._problem = None
        self._swap(_Holding(index))
        log.info("索引 %s 已载入，开始使用", index.info.version)

    def _failed(
        self, version: str | None, problem: YoujuError, cause: Exception | None = None
    ) -> None:
        """Remember why, and say so once: not at every poll, nor at every retry."""
        known = self._seen == version and str(self._problem) == str(problem)
        self._seen, self._problem = version, problem
        self._retry_at = time.monotonic() + self._retry_seconds
        if not known:
            state = "没有可用的索引" if self._holding is None else "继续使用原来的索引"
            log.warning("%s：%s", state, problem, exc_info=cause)

    def _reason(self) -> IndexUnusable:
        """A new error each time: one that many threads raise would gather their tracebacks."""
        problem = self._problem
        if isinstance(problem, IndexUnusable):
            return type(problem)(str(problem))
        return IndexUnusable(_NOT_YET if problem is None else str(problem))

    def _swap(self, holding: _Holding | None) -> None:
        with self._lock:
            old, self._holding = self._holding, holding
            if old is None:
                return
            old.retired = True
            unused = old.users == 0
        if unused:
            old.index.close()
