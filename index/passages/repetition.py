"""Whether a hit says again what a better one says: the same text, cut at other places.

Reprints are found when an index is built; here are passages of one text that two sources cut
differently. Laid upon each other, two cuts of one text agree wherever both have words. Where
both begin, or both end, with words of their own, a name may be among them: they are two texts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from index.passages.wording import Wording

SHARED_SHARE = 0.8
"""The share of a passage's letters that has to stand in the other, in one piece."""


def repeats(passage: Wording, kept: Sequence[Wording]) -> int | None:
    """The place in `kept` of the first passage that says again what `passage` says, or None.

    What it says besides has no figure that the kept one lacks. A passage too short to speak for
    itself repeats nothing.
    """
    if not passage.speaks_for_itself:
        return None
    # What may be missing is at the ends: every passage that is looked for has the middle.
    edge = int(len(passage.letters) * (1 - SHARED_SHARE)) + 1
    middle = passage.letters[edge:-edge]
    for place, one in enumerate(kept):
        at = one.letters.find(middle)
        if at >= 0 and _says_again(passage, one, at - edge):
            return place
    return None


def _says_again(passage: Wording, other: Wording, shift: int) -> bool:
    """Whether letter i of the passage is letter i + shift of the other wherever both have one."""
    mine, theirs = passage.letters, other.letters
    start, end = max(0, -shift), min(len(mine), len(theirs) - shift)
    return (
        end - start >= SHARED_SHARE * len(mine)
        and mine[start:end] == theirs[start + shift : end + shift]
        and not Counter(passage.figures) - Counter(other.figures)
    )
