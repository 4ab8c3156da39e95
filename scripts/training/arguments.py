"""The options of `train_reader`."""

from __future__ import annotations

import math
from argparse import ArgumentParser, Namespace
from dataclasses import fields
from pathlib import Path

import torch
from options import BadOption

from index.encoding.model_loading import PRECISIONS
from training.recipe import Recipe

_HELP = {
    "steps": "步数",
    "batch": "每步的问题数",
    "rate": "最高学习率",
    "warm_up": "升到最高学习率所用的步数占比",
    "decay": "权重衰减",
    "clip": "梯度长度的上限",
    "dropout": "随机丢弃的比例",
    "layers": "层数；比向量模型少时，均匀地取它的几层",
    "frozen_layers": "最低的几层不训练",
    "judge_every": "每多少步在留出的样例上评测一次",
    "held_out_limit": "评测最多用多少个留出的样例，0 为全部",
    "average": "最后取最近几次评测时权重的平均（更好才用），0 为不取",
    "seed": "随机种子",
    "answering": "“有没有答案”一项损失的权重",
    "pointing": "“答案在哪里”一项损失的权重",
    "smoothing": "“有没有答案”的标签离 0 和 1 多远",
}


def parser() -> ArgumentParser:
    """The command's options; each field of the recipe is one."""
    made = ArgumentParser(prog="scripts/train_reader", description="在题库上训练阅读器并导出。")
    made.add_argument(
        "sources",
        nargs="*",
        metavar="SET",
        help="题库文件夹（用 + 连接的几个合成一个），或以前整理好的样例文件 .jsonl",
    )
    made.add_argument(
        "--hold-out",
        type=float,
        default=0.04,
        metavar="P",
        help="留出多少（0–1）的文档来评测（默认 0.04）",
    )
    made.add_argument(
        "--negatives",
        type=int,
        default=3,
        metavar="N",
        help="每个问题配几个不能回答的段落（默认 3）",
    )
    made.add_argument("--out", type=Path, required=True, metavar="DIR", help="输出目录")
    made.add_argument(
        "--weights",
        type=Path,
        metavar="FILE",
        help="从另一次训练的 reader.safetensors 开始（默认从向量模型开始）",
    )
    made.add_argument("--data", type=Path, metavar="DIR", help="数据目录（默认 data/）")
    made.add_argument("--resume", action="store_true", help="接着输出目录里的训练，用那里的样例")
    made.add_argument(
        "--minutes", type=float, default=math.inf, metavar="M", help="这一次最多训练 M 分钟"
    )
    made.add_argument(
        "--checkpoint-minutes", type=float, default=10, metavar="M", help="至少每 M 分钟存一次"
    )
    made.add_argument("--precision", choices=PRECISIONS, default="auto", help="计算精度")
    made.add_argument("--device", default="cpu", help="计算设备：cpu 或 cuda")
    made.add_argument(
        "--licence", action="append", default=[], metavar="TEXT", help="写进说明的许可，可多次给出"
    )
    for part in fields(Recipe):
        kind, name = type(part.default), part.name.replace("_", "-")
        told = f"{_HELP[part.name]}（默认 {part.default}）"
        made.add_argument(f"--{name}", type=kind, default=part.default, metavar="N", help=told)
    return made


def recipe_from(options: Namespace) -> Recipe:
    """The recipe that the options ask for; raises BadOption."""
    recipe = Recipe(**{part.name: getattr(options, part.name) for part in fields(Recipe)})
    for name in ("steps", "batch", "layers", "judge_every"):
        if getattr(recipe, name) < 1:
            raise BadOption(f"--{name.replace('_', '-')} 必须是正整数。")
    if not 0 <= recipe.frozen_layers <= recipe.layers:
        raise BadOption(f"--frozen-layers 必须在 0 到 {recipe.layers} 之间。")
    if options.negatives < 1:
        raise BadOption("--negatives 必须是正整数。")
    if not 0 < options.hold_out < 1:
        raise BadOption("--hold-out 必须在 0 和 1 之间。")
    if bool(options.sources) == options.resume:
        raise BadOption("请给出题库文件夹或样例文件；用 --resume 接着训练时则不要给。")
    if options.device != "cpu" and not torch.cuda.is_available():
        raise BadOption(f"这台机器上不能用 --device {options.device}，请用 cpu。")
    return recipe
