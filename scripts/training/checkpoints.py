"""A run's state as one file that is always whole: weights, the optimiser's moments, and a record.

Killed while a new one is written, the old one is still there. Nothing is pickled.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor
from torch.optim import Optimizer

from index.errors import YoujuError
from index.generation import flush
from training.network import Reader

_RECORD = "record"
_WEIGHTS = "weights."
_MOMENTS = ("step", "exp_avg", "exp_avg_sq")


class BadCheckpoint(YoujuError):
    """A file of weights is missing, damaged, or of another network."""


def save_tensors(path: Path, tensors: Mapping[str, Tensor], record: Mapping[str, Any]) -> None:
    """Write tensors and a JSON record to one file, which is replaced in one step."""
    part = path.with_name(f"{path.name}.part")
    here = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    save_file(here, part, metadata={_RECORD: json.dumps(record, ensure_ascii=False)})
    publish(part, path)


def publish(part: Path, path: Path) -> None:
    """Flush a new file to the disk, then put it in the place of the old one."""
    # safetensors writes for the owner only.
    part.chmod(0o644)
    flush(part)
    part.replace(path)
    flush(path.parent)


def load_tensors(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Tensors and record of a file; raises BadCheckpoint."""
    try:
        with safe_open(path, "pt") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            record: dict[str, Any] = json.loads(file.metadata()[_RECORD])
    except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
        raise BadCheckpoint(f"读不到权重文件 {path}：{error}") from error
    return tensors, record


def save_run(path: Path, reader: Reader, optimiser: Optimizer, record: Mapping[str, Any]) -> None:
    """All that a run needs to go on as if it had not stopped."""
    tensors = {f"{_WEIGHTS}{name}": tensor for name, tensor in reader.state_dict().items()}
    for name, weight in reader.named_parameters():
        for moment, tensor in optimiser.state.get(weight, {}).items():
            tensors[f"{moment}.{name}"] = tensor
    save_tensors(path, tensors, record)


def restore_run(
    tensors: Mapping[str, Tensor], path: Path, reader: Reader, optimiser: Optimizer
) -> None:
    """Put reader and optimiser in the state of a run's tensors; raises BadCheckpoint."""
    weights = {n.removeprefix(_WEIGHTS): t for n, t in tensors.items() if n.startswith(_WEIGHTS)}
    load_weights(reader, weights, path)
    for name, weight in reader.named_parameters():
        if f"step.{name}" in tensors:
            # Copied: the tensors of a file may not be written to.
            moments = {moment: tensors[f"{moment}.{name}"].clone() for moment in _MOMENTS}
            # torch keeps the count of steps on the CPU, wherever the weights are.
            optimiser.state[weight] = {
                moment: tensor if moment == "step" else tensor.to(weight.device)
                for moment, tensor in moments.items()
            }


def load_weights(reader: Reader, weights: Mapping[str, Tensor], path: Path) -> None:
    """Put weights that came from a file into the reader; raises BadCheckpoint."""
    try:
        reader.load_state_dict(dict(weights))
    except RuntimeError as error:
        raise BadCheckpoint(f"权重文件 {path} 与网络不符：{error}") from error


def average(paths: Sequence[Path]) -> dict[str, Tensor]:
    """The mean of the weights of several files."""
    loaded = [load_tensors(path)[0] for path in paths]
    return {name: torch.stack([one[name] for one in loaded]).mean(0) for name in loaded[0]}
