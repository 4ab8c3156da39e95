"""Measure retrieval, answers and refusals on question sets, through the real pipeline.

Prints a table, and writes `evaluation.json` and `evaluation.html` below the data folder.
"""

from __future__ import annotations

import argparse
import json
import shlex
from collections.abc import Iterator
from pathlib import Path

from asking import Memory, RememberingEncoder, ask_all, build_set
from building import complain
from evaluation_page import write_page
from measures import TOTAL, Asked, Row, row
from methods import OURS
from options import run, settings_from
from plans import Wanted, plans
from question_set import QuestionSet, folders_of, read_set
from rich.console import Console
from rich.progress import track
from rich.table import Column, Table

from index.encoding.encoder import Encoder
from index.encoding.model_loading import load_encoder
from index.errors import YoujuError
from index.reading.reader import Reader
from index.reading.shipped import load_reader
from service.settings import Settings

RECALLED = ", with the first method's vectors"
TOGETHER = "all sets"
"""The row of all sets' questions: scores of different corpora compare, and this shows how well."""


def main(arguments: list[str]) -> int:
    """Parse the arguments, measure each set, report."""
    options = _parser().parse_args(arguments)
    rows: list[Row] = []
    together: list[Asked] = []
    try:
        settings = settings_from(options)
        # A wrong set is told before the model is loaded.
        sets = [read_set(folders_of(n), distractors=options.distractors) for n in options.sets]
        wanted = _wanted(options)
        encoder = load_encoder(settings.index_settings(), settings.data_dir / "models")
        reader = load_reader(options.reader or settings.reader, settings.data_dir / "models")
        for one in sets:
            rows += rows_of(one, wanted, settings, encoder, reader, together)
            # Each time: a long run that is broken off has told what it had measured.
            _write(rows, settings.data_dir / "evaluation", ["scripts/evaluate", *arguments])
        if len(sets) > 1:
            rows.append(row(TOGETHER, OURS, together, "question to answer", answers=True))
            _write(rows, settings.data_dir / "evaluation", ["scripts/evaluate", *arguments])
    except YoujuError as error:
        complain(error)
        return 2
    _print(rows)
    print(f"已写入 {settings.data_dir / 'evaluation' / 'evaluation.html'} 和 evaluation.json")
    return 0


def _parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="scripts/evaluate", description="在题库上测量检索、答案和拒答的质量。"
    )
    made.add_argument(
        "sets", nargs="+", metavar="SET", help="题库文件夹；用 + 连接的几个合成一个题库"
    )
    made.add_argument("--limit", type=_count, metavar="N", help="每个题库抽 N 个问题")
    made.add_argument("--ablate", action="store_true", help="另测单路方法和去掉各部分的结果")
    made.add_argument(
        "--distractors", action="store_true", help="加入题库里没有问题的文档（distractors.jsonl）"
    )
    made.add_argument("--simplified", action="store_true", help="另用转成简体的问题测一遍")
    made.add_argument(
        "--foreign", metavar="SET", help="把这个题库的问题当作没有答案的问题，测量拒答"
    )
    made.add_argument(
        "--reader",
        metavar="FILE",
        help="用这个阅读器（scripts/train_reader 导出的文件），off 为不用",
    )
    made.add_argument("--data", type=Path, metavar="DIR", help="数据目录（默认 data/）")
    return made


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError("应为正整数")
    return int(text)


def _wanted(options: argparse.Namespace) -> Wanted:
    foreign = read_set(folders_of(options.foreign)) if options.foreign else None
    return Wanted(options.limit, options.ablate, options.simplified, foreign)


def rows_of(
    one: QuestionSet,
    wanted: Wanted,
    settings: Settings,
    encoder: Encoder,
    reader: Reader | None,
    together: list[Asked],
) -> Iterator[Row]:
    """Build the set's index, its vectors kept from run to run, then put each list to each method.

    What ours makes of the first list is added to `together`. Raises YoujuError.
    """
    place = build_set(one, settings, encoder)
    for turn, plan in enumerate(plans(one, wanted)):
        memory = Memory()
        for number, (name, method) in enumerate(plan.methods.items()):
            remembering = RememberingEncoder(encoder, memory, recalls=number > 0)
            bar = track(plan.questions, f"{plan.name} · {name}", console=Console(stderr=True))
            asked = ask_all(place, remembering, reader, method, bar)
            if turn == 0 and name == OURS:
                together += asked
            timed = "question to answer" if method.answers else "search alone"
            yield row(
                plan.name,
                name,
                asked,
                timed + (RECALLED if number else ""),
                answers=method.answers,
            )


def _print(rows: list[Row]) -> None:
    names = list(dict.fromkeys(name for row in rows for name in row.measures))
    told = (Column(name, no_wrap=True) for name in ("题库", "方法"))
    table = Table(*told, "问题", "无答案", *names, "p50 ms", "p99 ms")
    for one in rows:
        cells = [f"{one.measures[name]:.3f}" if name in one.measures else "" for name in names]
        mark = "*" if one.timed.endswith(RECALLED) else ""
        spent = [f"{one.times[TOTAL][q]:.0f}{mark}" for q in ("p50", "p99")]
        table.add_row(
            one.set, one.method, str(one.questions), str(one.unanswerable), *cells, *spent
        )
    Console(width=100 + 14 * len(names)).print(table)
    if any(one.timed.endswith(RECALLED) for one in rows):
        print("* 沿用第一个方法算好的向量，用时不含向量计算")


def _write(rows: list[Row], folder: Path, command: list[str]) -> None:
    fields = {"command": command, "rows": [one.as_json() for one in rows]}
    text = json.dumps(fields, ensure_ascii=False, indent=1)
    (folder / "evaluation.json").write_text(text + "\n", encoding="utf-8")
    write_page(folder / "evaluation.html", rows, shlex.join(command))


if __name__ == "__main__":
    run(main)
