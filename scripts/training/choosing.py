"""Which weights of a run are wanted: the best judged, or the mean of the last ones."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

from training.checkpoints import average, load_tensors, load_weights, save_tensors
from training.judging import Figures, judge
from training.run import Run, State

BEST = "best.safetensors"
SNAPSHOTS = "snapshots"


def judge_and_keep(run: Run, state: State) -> State:
    """The state with the figures of its step; its weights are kept where they may be wanted."""
    figures = _figures(run)
    weights = run.reader.state_dict()
    record = {"step": state.step, "figures": figures.as_json()}
    if figures.overall > max((one.overall for _, one in state.judged), default=-math.inf):
        save_tensors(run.folder / BEST, weights, record)
    if run.recipe.average:
        (run.folder / SNAPSHOTS).mkdir(exist_ok=True)
        save_tensors(run.folder / SNAPSHOTS / f"{state.step:08}.safetensors", weights, record)
        for old in snapshots(run)[: -run.recipe.average]:
            old.unlink()
    return replace(state, judged=(*state.judged, (state.step, figures)))


def finish(run: Run) -> tuple[str, Figures]:
    """Give the reader the best weights: of one step, or the mean of the last snapshots.

    Returns in words which, and their figures.
    """
    weights, record = load_tensors(run.folder / BEST)
    load_weights(run.reader, weights, run.folder / BEST)
    best = Figures.from_json(record["figures"])
    words = f"第 {record['step']} 步"
    paths = snapshots(run)
    if len(paths) > 1:
        load_weights(run.reader, average(paths), run.folder / SNAPSHOTS)
        mean = _figures(run)
        if mean.overall > best.overall:
            return f"最后 {len(paths)} 次的平均", mean
        load_weights(run.reader, weights, run.folder / BEST)
    return words, best


def snapshots(run: Run) -> list[Path]:
    """Files of the weights at the last judgements, oldest first."""
    return sorted((run.folder / SNAPSHOTS).glob("*.safetensors"))


def _figures(run: Run) -> Figures:
    return judge(run.reader, run.kit, run.held_out, run.recipe.batch)
