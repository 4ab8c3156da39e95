"""The few shapes in which passages are embedded.

A matrix product of another shape rounds differently, so a passage's shape follows from its own
length alone: its vector is then the same, to the last bit, whatever else is embedded with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

# A lone passage fills a whole batch with spare rows, so this trades throughput (2048 would be a
# tenth faster) against the wait for a small rebuild.
_TOKENS_PER_BATCH = 1024
_LENGTH_STEP = 32


def batches(lengths: list[int], limit: int) -> Iterator[tuple[int, int, list[int]]]:
    """Padded length, rows, and the places of at most so many texts; longest first."""

    def shape(place: int) -> tuple[int, int]:
        return _shape(lengths[place], limit)

    order = sorted(range(len(lengths)), key=lambda place: (shape(place), place), reverse=True)
    for (padded, rows), group in groupby(order, key=shape):
        places = list(group)
        for start in range(0, len(places), rows):
            yield padded, rows, places[start : start + rows]


def _shape(length: int, limit: int) -> tuple[int, int]:
    """The shape in which a text of `length` tokens is embedded: padded length, rows.

    It follows from the text alone, whatever else is embedded with it.
    """
    padded = min(-(-length // _LENGTH_STEP) * _LENGTH_STEP, limit)
    return padded, max(1, _TOKENS_PER_BATCH // padded)
