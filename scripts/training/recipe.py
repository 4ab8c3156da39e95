"""The settings of a training run, and the learning rate that follows from them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recipe:
    """All that decides what a run on the same data gives; `batch` counts examples.

    `rate` is the highest learning rate, `warm_up` the share of the steps until it is reached;
    `answering` and `pointing` weigh two of the losses, and labels are `smoothing` from 0 and 1.
    Judged on at most `held_out_limit` examples (0 for all), the best weights are kept, or the mean
    of the last `average` ones judged.
    """

    steps: int = 2000
    batch: int = 8
    rate: float = 8e-5
    warm_up: float = 0.06
    decay: float = 0.01
    clip: float = 1.0
    dropout: float = 0.0
    layers: int = 12
    frozen_layers: int = 4
    answering: float = 0.5
    pointing: float = 1.0
    smoothing: float = 0.02
    judge_every: int = 400
    held_out_limit: int = 300
    average: int = 0
    seed: int = 1


def rate_at(step: int, recipe: Recipe) -> float:
    """The learning rate of a step (from 0): up to the highest in a line, then down to nothing."""
    warm = max(1, round(recipe.warm_up * recipe.steps))
    if step < warm:
        return recipe.rate * (step + 1) / warm
    return recipe.rate * (recipe.steps - step) / max(1, recipe.steps - warm)
