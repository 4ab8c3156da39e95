"""A training run: what goes into it, and how far it is."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.errors import YoujuError
from training.examples import Example
from training.judging import Figures
from training.network import Reader
from training.recipe import Recipe
from training.scoring import Kit


class TrainingError(YoujuError):
    """The run cannot begin, go on, or be taken up again."""


@dataclass(frozen=True, slots=True)
class Run:
    """A reader at work: what it learns from, what it is judged by, and where it is kept.

    `data` names what the examples are, so that a run is not taken up with others.
    """

    reader: Reader
    kit: Kit
    examples: Sequence[Example]
    held_out: Sequence[Example]
    recipe: Recipe
    folder: Path
    data: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class State:
    """How far a run is: steps done, their smoothed loss, and the figures at some of them."""

    step: int = 0
    loss: float = math.nan
    judged: tuple[tuple[int, Figures], ...] = ()
