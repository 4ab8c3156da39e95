"""Ask one question of the published index, for a person or (--json) for a program."""

from __future__ import annotations

import argparse
import sys
import time

from options import parser, run, settings_from
from reply_text import reply_text

from index import SearchIndex
from index.errors import YoujuError
from index.reading.shipped import OFF
from index.search_index import MAX_TOP_K
from service.responses import ask_response
from service.settings import Settings


def main(arguments: list[str]) -> int:
    """Parse the arguments, ask, print; 2 where the question could not be asked."""
    made = parser("ask", "向已建好的索引提一个问题。")
    made.add_argument("question", help="问题，例如：日照投入了多少扶贫资金？")
    made.add_argument("--top-k", type=_top_k, default=5, metavar="N", help="段落数，1–50（默认 5）")
    made.add_argument(
        "--no-rerank", action="store_true", help="不用阅读器：更快，但不如它准，答案是整句话"
    )
    made.add_argument("--json", action="store_true", help="输出 JSON，内容与 POST /ask 相同")
    options = made.parse_args(arguments)
    try:
        settings = settings_from(options)
        with _open(settings, with_reader=not options.no_rerank) as index:
            _ask(index, options)
    except YoujuError as error:
        print(f"错误：{error}", file=sys.stderr)
        return 2
    return 0


def _open(settings: Settings, with_reader: bool) -> SearchIndex:
    """The published index; one question that is not to be read needs no reader loaded."""
    return SearchIndex.open(
        settings.data_dir,
        settings=settings.index_settings(),
        reader=settings.reader if with_reader else OFF,
        pages=settings.read_passages,
    )


def _ask(index: SearchIndex, options: argparse.Namespace) -> None:
    started = time.perf_counter()
    reply = index.ask(options.question, top_k=options.top_k)
    took_ms = round(1000 * (time.perf_counter() - started), 1)
    if options.json:
        print(ask_response(reply, took_ms).model_dump_json(indent=2))
    else:
        print(reply_text(reply))


def _top_k(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= MAX_TOP_K:
        raise argparse.ArgumentTypeError(f"段落数必须是 1 到 {MAX_TOP_K} 的整数")
    return int(text)


if __name__ == "__main__":
    run(main)
