"""Serve over HTTP; build the index first where it is missing or no longer matches the corpus."""

from __future__ import annotations

import argparse
import sys

import uvicorn
from building import build_with_progress, complain, print_report
from options import parser, settings_from

from index.builder import is_stale
from index.encoder import Encoder, load_encoder
from index.errors import YoujuError
from service.app import create_app
from service.library import Library, opener
from service.settings import Settings


def main(arguments: list[str]) -> int:
    """Parse the arguments, build if need be, serve until interrupted."""
    made = parser("serve", "启动问答服务；索引缺失或过期时先重建。")
    made.add_argument("--host", help="监听地址（默认 127.0.0.1）")
    made.add_argument("--port", type=_port, help="监听端口（默认 8000）")
    try:
        settings = settings_from(made.parse_args(arguments))
        encoder = load_encoder(settings.index_settings(), settings.data_dir / "models")
    except YoujuError as error:
        complain(error)
        return 2
    _build_if_stale(settings, encoder)
    library = Library(settings.data_dir, opener(settings.index_settings()), encoder=encoder)
    print(f"打开 http://{settings.host}:{settings.port} 提问；按 Ctrl+C 结束。", flush=True)
    uvicorn.run(
        create_app(settings, library),
        host=settings.host,
        port=settings.port,
        log_level=settings.log_level,
    )
    return 0


def _build_if_stale(settings: Settings, encoder: Encoder) -> None:
    """A build that fails does not keep the service from starting on what there is."""
    try:
        if is_stale(settings.corpus_dir, settings.data_dir, encoder, settings.index_settings()):
            print("索引缺失或已过期，正在重建……", flush=True)
            print_report(build_with_progress(settings, encoder))
    except YoujuError as error:
        complain(error)


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError("端口必须是 1 到 65535 的整数")
    return int(text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
