"""Examples as tokens, in batches whose order follows from the seed alone."""

from __future__ import annotations

import random
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from index.reading.inputs import Input, Vocabulary, inputs
from index.reading.pointing import LONGEST
from training.examples import Example

Span = tuple[int, int]

# Batches among which lengths are sorted: fewer pad more, more are less of a shuffle.
_POOL = 64
# Tokens: lengths of batches are multiples of this.
_STEP = 32


@dataclass(frozen=True, slots=True)
class Tokens:
    """One read as it is shown.

    `golds` are the answers as inclusive spans of places in `shown.ids`: (0, 0) where there is
    none, empty where each is cut off or too long to be pointed at.
    """

    shown: Input
    golds: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """Whole examples; `sizes` are their numbers of reads, which are the rows.

    `ids` and `mask` (true for tokens) and `allowed` (the text's tokens, and the first, which
    stands for no answer) are (rows, length); `golds` (rows, most, 2) is filled up with -1;
    `positive` is (rows,).
    """

    ids: Tensor
    mask: Tensor
    allowed: Tensor
    golds: Tensor
    positive: Tensor
    sizes: tuple[int, ...]
    reads: tuple[Tokens, ...]

    def to(self, device: torch.device) -> Batch:
        """The batch with its tensors on a device."""
        names = ("ids", "mask", "allowed", "golds", "positive")
        return replace(self, **{name: getattr(self, name).to(device) for name in names})


def collate(examples: Sequence[Example], vocabulary: Vocabulary) -> Batch:
    """The examples as one batch, a little longer than the longest read at most."""
    sizes = tuple(len(one.reads) for one in examples)
    reads = tuple(_tokens(examples, vocabulary))
    longest = max(len(read.shown.ids) for read in reads)
    # Kernels are made and kept for each length: of few lengths, they are few.
    length = min(-(-longest // _STEP) * _STEP, vocabulary.limit)
    most = max(1, *(len(read.golds) for read in reads))
    ids = torch.full((len(reads), length), vocabulary.eos)
    mask, allowed = (torch.zeros(ids.shape, dtype=torch.bool) for _ in range(2))
    golds = torch.full((len(reads), most, 2), -1)
    for row, read in enumerate(reads):
        ids[row, : len(read.shown.ids)] = torch.tensor(read.shown.ids)
        mask[row, : len(read.shown.ids)] = True
        allowed[row, read.shown.first : len(read.shown.ids) - 1] = True
        for place, gold in enumerate(read.golds):
            golds[row, place] = torch.tensor(gold)
    allowed[:, 0] = True
    positive = [bool(read.answers) for one in examples for read in one.reads]
    return Batch(ids, mask, allowed, golds, torch.tensor(positive), sizes, reads)


def _tokens(examples: Sequence[Example], vocabulary: Vocabulary) -> Iterator[Tokens]:
    for example in examples:
        pages = [read.page for read in example.reads]
        found = inputs(example.question, pages, vocabulary)
        for read, shown in zip(example.reads, found, strict=True):
            golds = _golds(shown, read.answers) if read.answers else ((0, 0),)
            yield Tokens(shown, golds)


def _golds(shown: Input, answers: Sequence[Span]) -> tuple[Span, ...]:
    spans = (token_span(shown.offsets, answer) for answer in answers)
    return tuple(
        (shown.first + start, shown.first + end)
        for start, end in filter(None, spans)
        if end - start < LONGEST
    )


def token_span(offsets: Sequence[Span], answer: Span) -> Span | None:
    """The first and last of the tokens that cover the answer; None where it is cut off.

    The mark of a word's begin may be a token of its own over the first character: the answer
    begins at the token after it.
    """
    start = bisect_right(offsets, answer[0], key=lambda span: span[0]) - 1
    end = bisect_left(offsets, answer[1], key=lambda span: span[1])
    return (start, max(start, end)) if start >= 0 and end < len(offsets) else None


def batches(
    examples: Sequence[Example], size: int, seed: int, begin: int = 0
) -> Iterator[list[Example]]:
    """Batches of examples of like length without end, from the one at place `begin` on."""
    per_epoch = -(-len(examples) // size)
    lengths = [max(len(read.context) + len(read.text) for read in one.reads) for one in examples]
    place = begin
    while True:
        order = epoch_order(lengths, size, f"{seed} {place // per_epoch}")
        for places in order[place % per_epoch :]:
            yield [examples[one] for one in places]
            place += 1


def epoch_order(lengths: Sequence[int], size: int, seed: str) -> list[list[int]]:
    """Each place once, in shuffled batches of `size`, whose members are of like length."""
    chance = random.Random(seed)  # noqa: S311
    places = list(range(len(lengths)))
    chance.shuffle(places)
    found: list[list[int]] = []
    for start in range(0, len(places), size * _POOL):
        pool = sorted(places[start : start + size * _POOL], key=lambda place: lengths[place])
        found += [pool[at : at + size] for at in range(0, len(pool), size)]
    chance.shuffle(found)
    return found
