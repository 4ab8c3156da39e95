"""What a run learns from and what it is judged by, from question sets or earlier examples."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from index.encoding.model_loading import load_encoder
from service.settings import Settings
from training.examples import Example, read_examples, write_examples
from training.gathering import gather

EXAMPLES = "examples.jsonl"
"""All examples of a run, in its folder, with the nearest passages that do not answer."""

NEAREST = 7
_SHARES = 256


@dataclass(frozen=True, slots=True)
class Prepared:
    """The two parts of a run's examples."""

    learnt: list[Example]
    held_out: list[Example]


def write_all(sources: Sequence[str], out: Path, settings: Settings) -> None:
    """Write the examples of question sets, and those of files of examples, into a run's folder.

    Raises YoujuError.
    """
    files = [Path(source) for source in sources if source.endswith(".jsonl")]
    sets = [source for source in sources if not source.endswith(".jsonl")]
    given = [example for path in files for example in read_examples(path)]
    write_examples(out / EXAMPLES, [*given, *(_gathered(sets, settings) if sets else ())])


def prepared(out: Path, hold_out: float, negatives: int) -> Prepared:
    """The examples of a run's folder, in two parts; raises BadExamples.

    Passages under the same title and headings, and what is asked of them, are all in one part, some
    `hold_out` (0 to 1) of them held out. Of what is learnt from, each has at most `negatives`
    passages that do not answer, drawn from the nearest.
    """
    examples = list(read_examples(out / EXAMPLES))
    limit = round(_SHARES * hold_out)
    learnt = [one for one in examples if _share(one) >= limit]
    held_out = [one for one in examples if _share(one) < limit]
    return Prepared(list(thinned(learnt, negatives)), held_out)


def thinned(examples: Iterable[Example], negatives: int) -> Iterator[Example]:
    """Each example with its first passage and at most so many of the others, in their order."""
    rng = Random(0)  # noqa: S311
    for example in examples:
        first, *others = example.reads
        places = sorted(rng.sample(range(len(others)), min(negatives, len(others))))
        yield replace(example, reads=(first, *(others[place] for place in places)))


def _gathered(sets: Sequence[str], settings: Settings) -> Iterator[Example]:
    encoder = load_encoder(settings.index_settings(), settings.data_dir / "models")
    return gather(sets, settings, encoder, negatives=NEAREST)


def _share(example: Example) -> int:
    """0 to 255, the same for all passages under one title and headings."""
    first = example.reads[0]
    return hashlib.sha256((first.context or first.text).encode()).digest()[0]
