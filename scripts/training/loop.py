"""The training loop: it can be broken off anywhere and goes on as if it had not been.

Each step's batch and random numbers follow from the seed and the step's number alone, so that
there is no other state than the weights, the optimiser's moments and the step.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import torch
from torch.nn.utils import clip_grad_norm_
from torch.optim import AdamW

from training.batches import batches, collate
from training.checkpoints import load_tensors, restore_run, save_run
from training.choosing import judge_and_keep, snapshots
from training.examples import Example
from training.judging import Figures
from training.losses import total_loss
from training.network import freeze
from training.recipe import Recipe, rate_at
from training.run import Run, State, TrainingError
from training.scoring import score

CHECKPOINT = "checkpoint.safetensors"

_SMOOTHED = 0.98


@dataclass(frozen=True, slots=True)
class Pace:
    """When to stop for now, and how long to go without a checkpoint, in seconds."""

    budget: float = math.inf
    checkpoint_every: float = 600.0


def train(run: Run, resume: bool, pace: Pace, show: Callable[[State], None]) -> State:
    """Go on to the last step, or until the time is up; the folder then holds the state.

    `show` is called after each step. Raises TrainingError or BadCheckpoint.
    """
    freeze(run.reader, run.recipe.frozen_layers)
    optimiser = _optimiser(run)
    state = _resumed(run, optimiser) if resume else _fresh(run)
    began = saved = time.monotonic()
    examples = batches(run.examples, run.recipe.batch, run.recipe.seed, state.step)
    for some in islice(examples, max(0, run.recipe.steps - state.step)):
        state = _advanced(state, _learn(run, optimiser, some, state.step))
        judged = _is_due(run.recipe, state.step)
        if judged:
            state = judge_and_keep(run, state)
        show(state)
        now = time.monotonic()
        if judged or now - saved > pace.checkpoint_every or now - began > pace.budget:
            save_run(run.folder / CHECKPOINT, run.reader, optimiser, _record(run, state))
            saved = now
        if now - began > pace.budget:
            break
    return state


def _learn(run: Run, optimiser: AdamW, examples: list[Example], step: int) -> float:
    torch.manual_seed((run.recipe.seed << 32) + step)
    for group in optimiser.param_groups:
        group["lr"] = rate_at(step, run.recipe)
    run.reader.train()
    batch = collate(examples, run.kit.vocabulary).to(run.kit.words.device)
    loss = total_loss(score(run.reader, run.kit, batch), batch, run.recipe)
    found = loss.item()
    if not math.isfinite(found):
        raise TrainingError(f"第 {step + 1} 步的损失不是有限的数，请调低学习率后重新训练。")
    optimiser.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    clip_grad_norm_(run.reader.parameters(), run.recipe.clip)
    optimiser.step()
    return found


def _optimiser(run: Run) -> AdamW:
    learning = [weight for weight in run.reader.parameters() if weight.requires_grad]
    groups = [
        {"params": [w for w in learning if w.ndim > 1], "weight_decay": run.recipe.decay},
        {"params": [w for w in learning if w.ndim == 1], "weight_decay": 0.0},
    ]
    return AdamW(groups, lr=run.recipe.rate)


def _advanced(state: State, loss: float) -> State:
    smoothed = loss if state.step == 0 else _SMOOTHED * state.loss + (1 - _SMOOTHED) * loss
    return replace(state, step=state.step + 1, loss=smoothed)


def _is_due(recipe: Recipe, step: int) -> bool:
    return step % recipe.judge_every == 0 or step == recipe.steps


def refuse_begun(folder: Path) -> None:
    """Raise TrainingError where a folder has a run already."""
    if (folder / CHECKPOINT).exists():
        raise TrainingError(
            f"{folder} 中已有一次训练：接着训练请加 --resume，重新开始请换一个目录。"
        )


def _fresh(run: Run) -> State:
    refuse_begun(run.folder)
    run.folder.mkdir(parents=True, exist_ok=True)
    for left in snapshots(run):
        left.unlink()
    return State()


def _resumed(run: Run, optimiser: AdamW) -> State:
    path = run.folder / CHECKPOINT
    tensors, record = load_tensors(path)
    old, new = record["run"], _identity(run)
    changed = sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
    if changed:
        raise TrainingError(f"与 {path} 的设置或数据不同，不能接着训练：{'、'.join(changed)}。")
    restore_run(tensors, path, run.reader, optimiser)
    judged = tuple((step, Figures.from_json(figures)) for step, figures in record["judged"])
    return State(record["step"], record["loss"], judged)


def _record(run: Run, state: State) -> dict[str, Any]:
    judged = [(step, figures.as_json()) for step, figures in state.judged]
    return {"run": _identity(run), "step": state.step, "loss": state.loss, "judged": judged}


def _identity(run: Run) -> dict[str, Any]:
    return {**asdict(run.recipe), "data": dict(run.data)}
