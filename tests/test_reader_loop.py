"""That the reader learns, and that a broken run goes on as if it were not."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from training import checkpoints
from training.checkpoints import BadCheckpoint, load_tensors, save_tensors
from training.choosing import BEST, SNAPSHOTS, finish
from training.judging import Figures, judge
from training.loop import CHECKPOINT, Pace, train
from training.network import Reader, Shape
from training.recipe import Recipe, rate_at
from training.run import Run, State, TrainingError

from tests.tiny_reader import RECIPE, asked, read, tiny_kit, tiny_reader, tiny_run

SHAPE = Shape(hidden=8, layers=1, heads=2, intermediate=8, positions=8, epsilon=1e-12)
DROPPING = replace(RECIPE, steps=12, dropout=0.2, judge_every=4, average=2)


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """On a machine that others keep busy, threads would wait for each other at each small step."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def quiet(state: State) -> None:
    """Nobody looks on."""


def weights_of(run: Run) -> dict[str, torch.Tensor]:
    return {name: weight.clone() for name, weight in run.reader.state_dict().items()}


def assert_same(first: dict[str, torch.Tensor], second: dict[str, torch.Tensor]) -> None:
    assert first.keys() == second.keys()
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_the_rate_climbs_and_falls() -> None:
    recipe = Recipe(steps=100, rate=1.0, warm_up=0.1)
    assert [rate_at(step, recipe) for step in (0, 9, 10, 55, 99)] == pytest.approx(
        [0.1, 1.0, 1.0, 0.5, 1 / 90]
    )


class Scripted(Reader):
    """Its logits are written down: the last token answers; the more there are, the likelier."""

    def forward(self, embeddings: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        points = torch.zeros(attention_mask.shape)
        points[torch.arange(len(points)), attention_mask.sum(1) - 2] = 1
        return points[:, :, None] + points[:, None]


def test_figures_by_hand(tiny_folder: Path) -> None:
    """The longer a passage, the better it ranks; the answer is its last character."""
    kit = tiny_kit(tiny_folder)
    reader = Scripted(tiny_reader(tiny_folder).shape)
    examples = [
        asked("a", read("甲乙a", (2, 3)), read("甲乙")),
        asked("b", read("b甲", (0, 2)), read("甲乙")),
        asked("c", read("甲乙a"), read("甲")),
        asked("d", read("甲")),
    ]
    figures = judge(reader, kit, examples, 2)
    # A tie is no first place. Answers: 3 and 2 long; questions without: 3 and 1.
    assert figures == Figures(
        rank_at_1=0.5, exact=0.5, f1=(1 + 2 / 3) / 2, auc=(0.5 + 1 + 0 + 1) / 4, auc_reads=0.75
    )
    assert Figures.from_json(figures.as_json()) == figures


def test_what_cannot_be_told_is_left_out() -> None:
    figures = Figures(math.nan, 0.5, 0.6, math.nan, 0.8)
    assert figures.overall == pytest.approx(0.7)
    assert figures.as_json()["auc"] is None
    assert math.isnan(Figures.from_json(figures.as_json()).auc)


def test_four_examples_are_learnt(tiny_folder: Path, tmp_path: Path) -> None:
    run = tiny_run(tiny_folder, tmp_path, replace(RECIPE, steps=120, judge_every=40))
    seen: list[State] = []
    state = train(run, False, Pace(), seen.append)
    assert [one.step for one in seen] == list(range(1, 121))
    assert [step for step, _ in state.judged] == [40, 80, 120]
    _, figures = finish(run)
    assert (figures.rank_at_1, figures.f1) == (1.0, 1.0)
    assert figures.auc_reads == 1.0

    again = tiny_run(tiny_folder, tmp_path / "again", run.recipe)
    assert train(again, False, Pace(), quiet) == state
    assert finish(again)[1] == figures
    assert_same(weights_of(run), weights_of(again))


@pytest.mark.parametrize("stops", [1, 5])
def test_a_run_in_pieces_gives_the_same_weights(
    tiny_folder: Path, tmp_path: Path, stops: int
) -> None:
    whole = tiny_run(tiny_folder, tmp_path / "whole", DROPPING)
    expected = train(whole, False, Pace(), quiet)
    folder, state = tmp_path / "pieces", State()
    # Without time each call takes a single step.
    for piece in range(stops):
        state = train(tiny_run(tiny_folder, folder, DROPPING), piece > 0, Pace(budget=0), quiet)
        assert state.step == piece + 1
    last = tiny_run(tiny_folder, folder, DROPPING)
    assert repr(train(last, True, Pace(), quiet)) == repr(expected)
    assert_same(weights_of(last), weights_of(whole))
    for name in (CHECKPOINT, BEST):
        assert (folder / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    assert finish(last) == finish(whole)
    # What is done is done: nothing is trained on.
    assert train(tiny_run(tiny_folder, folder, DROPPING), True, Pace(), quiet).step == 12


class Killed(BaseException):
    """As if the process ended here."""


@pytest.mark.parametrize("moment", ["save_file", "flush"])
@pytest.mark.parametrize("saves", range(0, 8, 2))
def test_killed_while_writing_a_run_loses_nothing(
    tiny_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str, saves: int
) -> None:
    """At some of a run's writes: weights of the best, a snapshot, a checkpoint, and so on."""
    whole = tiny_run(tiny_folder, tmp_path / "whole", DROPPING)
    train(whole, False, Pace(), quiet)
    folder = tmp_path / "killed"
    with monkeypatch.context() as patch:
        patch.setattr(checkpoints, moment, _killing(getattr(checkpoints, moment), saves))
        with pytest.raises(Killed, match="now"):
            train(tiny_run(tiny_folder, folder, DROPPING), False, Pace(), quiet)
    again = tiny_run(tiny_folder, folder, DROPPING)
    train(again, (folder / CHECKPOINT).exists(), Pace(), quiet)
    assert_same(weights_of(again), weights_of(whole))
    names = sorted(path.name for path in (folder / SNAPSHOTS).glob("*.safetensors"))
    assert names == ["00000008.safetensors", "00000012.safetensors"]
    assert finish(again) == finish(whole)


def _killing(does: Callable[..., Any], after: int) -> Callable[..., Any]:
    calls = iter(range(after))

    def killed(*given: Any, **named: Any) -> Any:
        if next(calls, None) is None:
            # Half of what is written may be on the disk.
            if isinstance(given[0], dict):
                Path(given[1]).write_bytes(b"half")
            raise Killed("now")
        return does(*given, **named)

    return killed


def test_a_new_run_does_not_overwrite_another(tiny_folder: Path, tmp_path: Path) -> None:
    train(tiny_run(tiny_folder, tmp_path), False, Pace(budget=0), quiet)
    with pytest.raises(TrainingError, match="已有一次训练：接着训练请加 --resume"):
        train(tiny_run(tiny_folder, tmp_path), False, Pace(), quiet)


def test_a_run_is_not_taken_up_with_other_settings_or_data(
    tiny_folder: Path, tmp_path: Path
) -> None:
    train(tiny_run(tiny_folder, tmp_path), False, Pace(budget=0), quiet)
    other = tiny_run(tiny_folder, tmp_path, replace(RECIPE, rate=1e-3))
    with pytest.raises(TrainingError, match="不能接着训练：data、rate。"):
        train(replace(other, data={"letters": "5"}), True, Pace(), quiet)


def test_without_a_checkpoint_nothing_can_be_taken_up(tiny_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(BadCheckpoint, match="读不到权重文件"):
        train(tiny_run(tiny_folder, tmp_path), True, Pace(), quiet)


def test_a_loss_without_end_stops_the_run(tiny_folder: Path, tmp_path: Path) -> None:
    run = tiny_run(tiny_folder, tmp_path)
    torch.nn.init.constant_(run.reader.span.bias, math.inf)
    with pytest.raises(TrainingError, match="第 1 步的损失不是有限的数"):
        train(run, False, Pace(), quiet)


def test_frozen_weights_stay(tiny_folder: Path, tmp_path: Path) -> None:
    run = tiny_run(tiny_folder, tmp_path, replace(DROPPING, frozen_layers=1))
    before = weights_of(run)
    train(run, False, Pace(), quiet)
    changed = {name for name, tensor in weights_of(run).items() if not tensor.equal(before[name])}
    assert changed == {f"{head}.{part}" for head in ("span", "pair") for part in ("weight", "bias")}


def test_the_mean_of_weights(tmp_path: Path) -> None:
    paths = [tmp_path / f"{value}.safetensors" for value in (1, 2, 6)]
    for value, path in zip((1.0, 2.0, 6.0), paths, strict=True):
        save_tensors(path, {"weight": torch.full((2,), value)}, {"value": value})
    assert checkpoints.average(paths)["weight"].tolist() == [3.0, 3.0]
    assert load_tensors(paths[2])[1] == {"value": 6.0}
    with pytest.raises(BadCheckpoint, match="与网络不符"):
        checkpoints.load_weights(Reader(SHAPE), load_tensors(paths[0])[0], paths[0])
