"""The command: what it writes and says, and that it can be stopped and taken up."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, fields
from pathlib import Path

import pytest
from training.arguments import parser, recipe_from
from training.examples import write_examples
from training.recipe import Recipe

from tests.processes import data_folder, run_command
from tests.tiny_reader import asked, letters, read

OPTIONS = ("--steps=2", "--layers=1", "--frozen-layers=0", "--batch=2", "--judge-every=1")


def given(*more: str) -> list[str]:
    return ["some.jsonl", "--out", "out", *more]


def test_each_field_of_the_recipe_is_an_option() -> None:
    assert recipe_from(parser().parse_args(given())) == Recipe()
    options = [f"--{field.name.replace('_', '-')}=1" for field in fields(Recipe)]
    told = recipe_from(parser().parse_args(given(*options)))
    # 1 and 1.0 are equal, so their kinds are compared as well.
    assert set(asdict(told).values()) == {1}
    assert [type(v) for v in asdict(told).values()] == [type(v) for v in asdict(Recipe()).values()]


@pytest.mark.parametrize(
    ("option", "word"),
    [
        ("--steps=0", "--steps 必须是正整数"),
        ("--judge-every=0", "--judge-every 必须是正整数"),
        ("--frozen-layers=13", "--frozen-layers 必须在 0 到 12 之间"),
        ("--layers=13", "--layers 最多是向量模型的 12 层"),
        ("--negatives=0", "--negatives 必须是正整数"),
        ("--hold-out=1", "--hold-out 必须在 0 和 1 之间"),
        ("--resume", "用 --resume 接着训练时则不要给"),
    ],
)
def test_a_wrong_option_is_named(option: str, word: str, tmp_path: Path, models_dir: Path) -> None:
    write_examples(tmp_path / "some.jsonl", letters())
    places = [str(tmp_path / "some.jsonl"), "--out", str(tmp_path / "out")]
    data = data_folder(tmp_path / "data", models_dir)
    refused = run_command("train_reader.py", *places, "--data", data, option)
    assert refused.returncode == 2
    assert word in refused.stderr
    assert not (tmp_path / "out").exists()


def test_from_examples_to_a_shipped_file(tmp_path: Path, models_dir: Path) -> None:
    """With the real model, cut to one layer."""
    examples, out = tmp_path / "some.jsonl", tmp_path / "out"
    write_examples(examples, [*letters(), asked("谁？", read("没有"))])
    data = data_folder(tmp_path / "data", models_dir)
    rest = ["--out", out, "--data", data, "--hold-out=0.5", *OPTIONS, "--licence", "CC BY-SA 4.0"]
    begin = ["train_reader.py", str(examples), *map(str, rest)]
    go_on = ["train_reader.py", "--resume", *map(str, rest)]

    stopped = run_command(*begin, "--minutes=0", OMP_NUM_THREADS="1")
    assert stopped.returncode == 1, stopped.stderr
    assert "时间到，完成了 1/2 步；加 --resume 可接着训练" in stopped.stdout
    assert not (out / "reader.onnx").exists()

    done = run_command(*go_on, OMP_NUM_THREADS="1")
    assert done.returncode == 0, done.stderr
    assert "采用第 " in done.stdout
    shipped = {"reader.safetensors", "reader.onnx", "README.md"}
    assert {path.name for path in out.iterdir()} == {
        *shipped, "best.safetensors", "checkpoint.safetensors", "examples.jsonl"
    }  # fmt: skip
    card = (out / "README.md").read_text(encoding="utf-8")
    first = "- first weights: `embedding model`"
    for words in ("CC BY-SA 4.0", "Learnt from: ", "Held out: ", "- steps: 2", first):
        assert words in card
    assert str(tmp_path) not in card

    on = ["train_reader.py", str(examples), "--out", tmp_path / "on", *rest[2:]]
    weights = ["--weights", str(out / "reader.safetensors")]
    further = run_command(*map(str, on), *weights, "--steps=1", OMP_NUM_THREADS="1")
    assert further.returncode == 0, further.stderr
    checksum = hashlib.sha256((out / "reader.safetensors").read_bytes()).hexdigest()
    card = (tmp_path / "on" / "README.md").read_text(encoding="utf-8")
    assert f"- first weights: `{checksum}`" in card

    again = run_command(*begin, OMP_NUM_THREADS="1")
    assert again.returncode == 2
    assert "已有一次训练" in again.stderr
