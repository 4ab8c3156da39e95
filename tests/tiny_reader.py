"""A reader small enough for tests, and examples in the tiny model's six characters."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch
from training.embedding_model import initial_reader, load_embedding_model
from training.examples import Example, Read
from training.network import Reader
from training.recipe import Recipe
from training.run import Run
from training.scoring import Kit

from index.reading.inputs import open_vocabulary

TEXTS = ("甲a乙乙", "b甲甲乙", "乙乙c甲", "甲乙甲d")
RECIPE = Recipe(steps=40, batch=2, rate=5e-3, layers=1, frozen_layers=0, judge_every=10)


def read(text: str, *answers: tuple[int, int], context: str = "") -> Read:
    """A passage under a title."""
    return Read(context, text, answers)


def asked(question: str, *reads: Read) -> Example:
    """A question with passages."""
    return Example(question, reads, "tiny", "asked")


def letters() -> list[Example]:
    """Four questions, each for the letter that the first of its passages alone has."""
    found = []
    for letter, text in zip("abcd", TEXTS, strict=True):
        place = text.index(letter)
        others = [read(text.replace(letter, "甲")), read(text.replace(letter, "乙"))]
        found.append(asked(letter, read(text, (place, place + 1)), *others))
    return found


def tiny_kit(folder: Path) -> Kit:
    """The tiny model's words and pieces."""
    model = load_embedding_model(folder)
    return Kit(model.words, open_vocabulary(folder, model.shape.positions))


def tiny_reader(folder: Path, layers: int = 1, dropout: float = 0.0, seed: int = 1) -> Reader:
    """A reader with the tiny model's weights."""
    return initial_reader(load_embedding_model(folder), layers, dropout, seed)


def tiny_run(folder: Path, out: Path, recipe: Recipe = RECIPE) -> Run:
    """A run that learns the four letters, and is judged by them.

    It begins from small random weights and words: the tiny model's own are all near 1, from where
    little is learnt.
    """
    torch.manual_seed(recipe.seed)
    shape = replace(load_embedding_model(folder).shape, layers=recipe.layers)
    kit = tiny_kit(folder)
    kit = replace(kit, words=torch.randn(kit.words.shape))
    reader = Reader(shape, recipe.dropout)
    return Run(reader, kit, letters(), letters(), recipe, out, {"letters": "4"})
