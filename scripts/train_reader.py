"""Train the reader on question sets, in pieces if need be, and export it.

Exit status: 0 trained and exported; 1 the time is up, go on with --resume; 2 an error.
"""

from __future__ import annotations

import hashlib
import random
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch
from building import complain
from numpy.typing import NDArray
from options import BadOption, run, settings_from
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from training.arguments import parser, recipe_from
from training.checkpoints import load_tensors, load_weights, save_tensors
from training.choosing import finish
from training.embedding_model import EmbeddingModel, initial_reader, load_embedding_model
from training.examples import Example
from training.export import export
from training.judging import Figures
from training.loop import Pace, refuse_begun, train
from training.model_card import Facts, model_card
from training.preparing import EXAMPLES, Prepared, prepared, write_all
from training.recipe import Recipe
from training.run import Run, State
from training.scoring import Kit

from index.encoding.default_model import ensure_default_model
from index.encoding.model_loading import resolve_precision
from index.errors import YoujuError
from index.reading.inputs import inputs, open_vocabulary

_PROBES = 20
_TOLD_EVERY = 50
WEIGHTS, SHIPPED, CARD = "reader.safetensors", "reader.onnx", "README.md"


def main(arguments: list[str]) -> int:
    """Parse the arguments, train, export."""
    options = parser().parse_args(arguments)
    try:
        settings = settings_from(options)
        recipe = recipe_from(options)
        model = load_embedding_model(ensure_default_model(settings.data_dir / "models"))
        if recipe.layers > model.shape.layers:
            raise BadOption(f"--layers 最多是向量模型的 {model.shape.layers} 层。")
        if not options.resume:
            refuse_begun(options.out)
            write_all(options.sources, options.out, settings)
        examples = prepared(options.out, options.hold_out, options.negatives)
        job = _job(options, recipe, model, examples)
        pace = Pace(60 * options.minutes, 60 * options.checkpoint_minutes)
        with _progress(recipe.steps) as show:
            state = train(job, options.resume, pace, show)
        if state.step < recipe.steps:
            print(f"时间到，完成了 {state.step}/{recipe.steps} 步；加 --resume 可接着训练。")
            return 1
        _publish(job, state, model, options.licence)
    except YoujuError as error:
        complain(error)
        return 2
    return 0


def _job(
    options: Namespace,
    recipe: Recipe,
    model: EmbeddingModel,
    examples: Prepared,
) -> Run:
    if not examples.learnt or not examples.held_out:
        raise BadOption("训练样例和留出的样例都不能是空的：请换题库，或调整 --hold-out。")
    reader = initial_reader(model, recipe.layers, recipe.dropout, recipe.seed)
    if options.weights:
        load_weights(reader, load_tensors(options.weights)[0], options.weights)
    half = resolve_precision(options.precision) == "bfloat16"
    if options.device != "cpu" and options.precision == "auto":
        half = torch.cuda.is_bf16_supported()
    vocabulary = open_vocabulary(model.folder, model.shape.positions)
    kit = Kit(model.words.to(options.device), vocabulary, half)
    data = {
        f"{EXAMPLES}, sha256": _checksum(options.out / EXAMPLES),
        "hold out": str(options.hold_out),
        "negatives": str(options.negatives),
        "embedding model": model.fingerprint,
        "first weights": _checksum(options.weights) if options.weights else "embedding model",
    }
    held_out = _some(examples.held_out, recipe.held_out_limit)
    return Run(reader.to(options.device), kit, examples.learnt, held_out, recipe, options.out, data)


def _some(examples: list[Example], limit: int) -> list[Example]:
    if not 0 < limit < len(examples):
        return examples
    return random.Random(0).sample(examples, limit)  # noqa: S311


def _checksum(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextmanager
def _progress(steps: int) -> Iterator[Callable[[State], None]]:
    columns = (
        TextColumn("训练 {task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bars:
        task = bars.add_task("", total=steps)

        def show(state: State) -> None:
            bars.update(task, completed=state.step, description=f"损失 {state.loss:.3f}")
            if not bars.console.is_terminal and state.step % _TOLD_EVERY == 0:
                # In a log no bar can move.
                bars.print(f"{state.step}/{steps} 步，损失 {state.loss:.3f}")
            if state.judged and state.judged[-1][0] == state.step:
                bars.print(f"第 {state.step} 步：{_told(state.judged[-1][1])}")

        yield show


def _told(figures: Figures) -> str:
    return "，".join(
        f"{name} {value:.3f}"
        for name, value in figures.as_json().items()
        if value is not None
    )  # fmt: skip


def _publish(job: Run, state: State, model: EmbeddingModel, licences: Sequence[str]) -> None:
    which, figures = finish(job)
    reader = job.reader.eval()
    facts = {
        "embedding_model": model.fingerprint,
        "token_limit": str(reader.shape.positions),
    }
    save_tensors(job.folder / WEIGHTS, reader.state_dict(), facts)
    size = export(reader, job.folder / SHIPPED, facts, _probes(job))
    told = Facts(
        model.fingerprint, licences, which, figures, state.judged, size, reader.shape.positions
    )
    card = model_card(job.recipe, told, job.data, job.examples, job.held_out)
    (job.folder / CARD).write_text(card, encoding="utf-8")
    print(f"采用{which}的权重：{_told(figures)}")
    print(f"已写入 {job.folder}：{WEIGHTS}、{SHIPPED}（{size / 2**20:.1f} MiB）、{CARD}")


def _probes(job: Run) -> list[NDArray[np.float32]]:
    """The word vectors of a few held-out reads."""
    found = []
    for example in job.held_out[:_PROBES]:
        pages = [read.page for read in example.reads[:2]]
        for shown in inputs(example.question, pages, job.kit.vocabulary):
            found.append(job.kit.words[shown.ids][None].float().cpu().numpy())
    return found


if __name__ == "__main__":
    run(main)
