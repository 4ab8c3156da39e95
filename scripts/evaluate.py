"""Measure retrieval, answers and refusals on question sets, through the real pipeline.

Prints a table, and writes `evaluation.json` and `evaluation.html` below the data folder.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from pathlib import Path

from building import build_with_progress, complain
from evaluation_page import Row, write_page
from measures import Asked, by_type, measures
from options import run, settings_from
from question_set import Question, read_questions, write_corpus
from rich.console import Console
from rich.progress import track
from rich.table import Table

from index import SearchIndex
from index.encoder import Encoder
from index.errors import YoujuError
from index.fusion import reciprocal_ranks
from index.lexical import Shares
from index.model_loading import load_encoder
from index.search import RANKING, Ranking
from service.settings import Settings

OURS = "ours"
_PLAIN = Shares(bm25=1, passage=0, document=0)
METHODS = {
    OURS: RANKING,
    "BM25": Ranking(lambda dense, lexical: lexical, _PLAIN, elsewhere=1, least=0),
    "dense": Ranking(lambda dense, lexical: dense, _PLAIN, elsewhere=1, least=0),
    "RRF": Ranking(reciprocal_ranks, _PLAIN, elsewhere=1, least=0),
    "ours, no document share": Ranking(shares=Shares(0.7, 0.3, 0)),
    "ours, no places": Ranking(elsewhere=1),
}


def main(arguments: list[str]) -> int:
    """Parse the arguments, measure each set, report."""
    options = _parser().parse_args(arguments)
    try:
        settings = settings_from(options)
        encoder = load_encoder(settings.index_settings(), settings.data_dir / "models")
        methods = METHODS if options.ablate else {OURS: RANKING}
        rows = [
            row
            for folder in options.sets
            for row in _rows(folder, settings, encoder, options.limit, methods)
        ]
    except YoujuError as error:
        complain(error)
        return 2
    _print(rows)
    _write(rows, settings.data_dir / "evaluation", ["scripts/evaluate", *arguments])
    return 0


def _parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="scripts/evaluate", description="在题库上测量检索、答案和拒答的质量。"
    )
    made.add_argument("sets", nargs="+", type=Path, metavar="SET", help="题库文件夹")
    made.add_argument("--limit", type=_count, metavar="N", help="每个题库抽 N 个问题")
    made.add_argument("--ablate", action="store_true", help="另测单路方法和去掉各部分的结果")
    made.add_argument("--data", type=Path, metavar="DIR", help="数据目录（默认 data/）")
    return made


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError("应为正整数")
    return int(text)


def _rows(
    folder: Path,
    settings: Settings,
    encoder: Encoder,
    limit: int | None,
    methods: dict[str, Ranking],
) -> Iterator[Row]:
    """Build the set's index with vectors kept from run to run, then ask by each method."""
    name = folder.resolve().name
    place = settings.data_dir / "evaluation" / name
    paths = write_corpus(folder, place / "corpus")
    questions = read_questions(folder, paths, limit)
    here = settings.model_copy(update={"corpus_dir": place / "corpus", "data_dir": place})
    build_with_progress(here, encoder)
    for method, ranking in methods.items():
        with SearchIndex.open(place, encoder, ranking=ranking) as index:
            bar = track(questions, f"{name} · {method}", console=Console(stderr=True))
            asked = [_ask(index, question) for question in bar]
        yield Row(name, method, len(asked), measures(asked), by_type(asked))


def _ask(index: SearchIndex, question: Question) -> Asked:
    started = time.perf_counter()
    reply = index.ask(question.text, top_k=10)
    return Asked(question, reply, time.perf_counter() - started)


def _print(rows: list[Row]) -> None:
    names = list(dict.fromkeys(name for row in rows for name in row.measures))
    table = Table("set", "method", "questions", *names)
    for row in rows:
        cells = [_cell(row.measures.get(name), name) for name in names]
        table.add_row(row.set, row.method, str(row.questions), *cells)
    Console(width=max(100, 60 + 14 * len(names))).print(table)


def _cell(value: float | None, name: str) -> str:
    return "" if value is None else f"{value:.0f}" if name.endswith("ms") else f"{value:.3f}"


def _write(rows: list[Row], folder: Path, command: list[str]) -> None:
    fields = {"command": command, "rows": [row.as_json() for row in rows]}
    text = json.dumps(fields, ensure_ascii=False, indent=1)
    (folder / "evaluation.json").write_text(text + "\n", encoding="utf-8")
    write_page(folder / "evaluation.html", rows, " ".join(command))
    print(f"已写入 {folder / 'evaluation.html'} 和 evaluation.json")


if __name__ == "__main__":
    run(main)
