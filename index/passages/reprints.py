"""Which passages print the same words: one news item in many papers is one hit.

Two passages are one when their letters and figures are equal; or when one is the other with a
few words added (a credit, a dateline, “据了解”), the figures are the same in number and order, and
the added words cannot turn the statement. Words exchanged for others make another statement: a
template filled in for another town, year or person is no reprint. A passage too short to speak
for itself is one with its equal under the same title and headings only.

MinHash and LSH find which pairs to compare; each is then compared letter by letter. The only
module that imports rensa.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import rensa
from numpy.typing import NDArray

from index.passages.wording import Wording, additions, turns, wording

ADDED_SHARE = 0.15
"""The share of the longer passage that the shorter one may lack."""
# Of pairs that share 85 % of their shingles one in 10¹² is missed; of those that share 60 %, as
# reprints of one line do where the added words stand in its middle, one in 1500.
_HASHES, _BANDS, _SEED = 90, 30, 1
_SHINGLE = 5
# A template printed ten thousand times with other names must not cost its square.
_CROWD = 16


def groups(texts: Sequence[str], contexts: Sequence[str]) -> NDArray[np.int32]:
    """For each passage the row of the first passage of its group, itself when alone: (passages,).

    `contexts` are the title and headings above each. Passages of one document may be a group.
    Each member is like the first one, so that no chain leads from a text to quite another.
    """
    wordings = [wording(text) for text in texts]
    first: dict[tuple[Wording, str | int], int] = {}
    equal = np.empty(len(texts), np.int32)
    for row, (words, context) in enumerate(zip(wordings, contexts, strict=True)):
        # What has no letters, only signs, is like nothing but itself.
        told_by = row if not words.letters else "" if words.speaks_for_itself else context
        equal[row] = first.setdefault((words, told_by), row)
    group = np.arange(len(texts), dtype=np.int32)
    for row, leader in _leaders(wordings, first.values()):
        group[row] = leader
    return group[equal]


def is_reprint(one: Wording, other: Wording) -> bool:
    """Whether two passages print the same words, but for a few that one of them adds."""
    shorter, longer = sorted((one, other), key=lambda words: len(words.letters))
    if one.figures != other.figures or not shorter.speaks_for_itself:
        return one == other
    if len(shorter.letters) < (1 - ADDED_SHARE) * len(longer.letters):
        return False
    added = additions(shorter.letters, longer.letters)
    return added is not None and not any(map(turns, (added.before, *added.amid, added.after)))


def _leaders(wordings: Sequence[Wording], rows: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Each of `rows` that is a reprint of an earlier one, with the first such that leads."""
    compared = list(_worth_comparing(wordings, rows))
    sketches = rensa.RMinHash.from_token_sets(
        (_shingles(wordings[row].letters, kind) for row, kind in compared), _HASHES, _SEED
    )
    near = rensa.RMinHashLSH(threshold=0.5, num_perm=_HASHES, num_bands=_BANDS)
    for (row, _), sketch in zip(compared, sketches, strict=True):
        candidates = sorted(near.query(sketch))[:_CROWD]
        like = (one for one in candidates if is_reprint(wordings[one], wordings[row]))
        leader = next(like, None)
        if leader is not None:
            yield row, leader
        elif len(candidates) < _CROWD:
            near.insert(row, sketch)


def _worth_comparing(wordings: Sequence[Wording], rows: Iterable[int]) -> Iterator[tuple[int, int]]:
    """The rows, in order, of which another has the same figures, with a number for these."""
    alike: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for row in rows:
        if wordings[row].speaks_for_itself:
            alike[wordings[row].figures].append(row)
    kinds = enumerate(rows for rows in alike.values() if len(rows) > 1)
    yield from sorted((row, kind) for kind, rows in kinds for row in rows)


def _shingles(letters: str, kind: int) -> list[str]:
    """Every five letters in a row; those of passages with other figures are never the same."""
    return [f"{kind}{letters[at : at + _SHINGLE]}" for at in range(len(letters) - _SHINGLE + 1)]
