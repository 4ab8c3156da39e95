"""A `Reader` that does not read the same twice: people ask again, and search before they ask."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence

from index.reading.reader import Page, Reader, Reading

MOST = 4096
"""Readings that are kept, some 6 MiB with their texts."""


class RememberingReader:
    """A `Reader` that keeps the last readings of another."""

    def __init__(self, reader: Reader, most: int = MOST) -> None:
        self.fingerprint = reader.fingerprint
        self._reader = reader
        self._most = most
        self._known: OrderedDict[tuple[str, Page], Reading] = OrderedDict()
        self._lock = threading.Lock()

    def read(self, question: str, pages: Sequence[Page]) -> list[Reading]:
        """See `Reader`."""
        with self._lock:
            known = {page: self._known.get((question, page)) for page in pages}
        new = [page for page, reading in known.items() if reading is None]
        found = dict(zip(new, self._reader.read(question, new), strict=True)) if new else {}
        readings = [known[page] or found[page] for page in pages]
        self._keep({(question, page): one for page, one in zip(pages, readings, strict=True)})
        return readings

    def _keep(self, readings: dict[tuple[str, Page], Reading]) -> None:
        with self._lock:
            for key, reading in readings.items():
                self._known[key] = reading
                self._known.move_to_end(key)
            while len(self._known) > self._most:
                self._known.popitem(last=False)
