"""What is told of a trained reader, as Markdown beside its weights."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from training.examples import Example
from training.judging import Figures
from training.recipe import Recipe

LIMITS = """\
- It is trained on Chinese, and on passages that a first-stage search found.
- It points to one span of one passage: it neither counts nor infers, nor joins what stands apart.
- How likely it takes an answer to be compares between questions as far as the held-out examples
  are like yours: fit a threshold on your own.
- It reads no more than {tokens} tokens of question, title and passage together.
"""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the card tells beside the recipe; `size` is the shipped file's, in bytes."""

    embedding_model: str
    licences: Sequence[str]
    weights: str
    figures: Figures
    history: Sequence[tuple[int, Figures]]
    size: int
    tokens: int


def model_card(
    recipe: Recipe,
    facts: Facts,
    data: Mapping[str, str],
    learnt: Iterable[Example],
    held_out: Iterable[Example],
) -> str:
    """The card; `data` is what the run's examples are told apart by."""
    return "\n".join(
        [
            "# Reader\n",
            "It ranks passages for a question, points to the answer, and tells whether there is "
            "one.\n",
            *_list(
                {
                    "Embedding model": f"`{facts.embedding_model}` (its word table is needed)",
                    "Shipped file": f"`reader.onnx`, {facts.size / 2**20:.1f} MiB, 8 bits",
                    "Weights": facts.weights,
                    "Licences": "; ".join(facts.licences) or "not stated",
                }
            ),
            "\n## Data\n",
            *_list({name: f"`{value}`" for name, value in data.items()}),
            *_counts("Learnt from", learnt),
            *_counts("Held out", held_out),
            "\n## Recipe\n",
            *_list(asdict(recipe)),
            "\n## Figures on the held-out examples (float32)\n",
            *_table(facts),
            "\n## Limits\n",
            LIMITS.format(tokens=facts.tokens),
        ]
    )


def _list(facts: Mapping[str, Any]) -> list[str]:
    return [f"- {name}: {value}" for name, value in facts.items()]


def _counts(heading: str, examples: Iterable[Example]) -> list[str]:
    counted = Counter((one.source, one.kind) for one in examples)
    rows = [f"| {source} | {kind} | {count} |" for (source, kind), count in sorted(counted.items())]
    return [f"\n{heading}: {sum(counted.values())} questions.\n", *_head("set", "kind", "n"), *rows]


def _table(facts: Facts) -> list[str]:
    rows = [(str(step), figures) for step, figures in facts.history]
    names = list(asdict(facts.figures))
    return [
        *_head("step", *names),
        *(_row(name, figures) for name, figures in [*rows, ("shipped", facts.figures)]),
    ]


def _row(name: str, figures: Figures) -> str:
    values = ("" if math.isnan(value) else f"{value:.3f}" for value in asdict(figures).values())
    return f"| {name} | {' | '.join(values)} |"


def _head(*names: str) -> list[str]:
    return [f"| {' | '.join(names)} |", f"|{' --- |' * len(names)}"]
