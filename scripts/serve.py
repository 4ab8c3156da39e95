"""Serve over HTTP; build the index first where it is missing or no longer matches the corpus."""

from __future__ import annotations

import argparse
import errno
import socket

import uvicorn
from building import build_with_progress, complain, print_report
from options import BadOption, parser, run, settings_from

from index.builder import is_stale
from index.encoding.encoder import Encoder
from index.encoding.model_loading import load_encoder
from index.errors import YoujuError
from index.reading.shipped import load_reader
from service.app import create_app
from service.library import Library, Opener
from service.settings import Settings

BACKLOG = 2048


def main(arguments: list[str]) -> int:
    """Parse the arguments, build if need be, serve until interrupted."""
    made = parser("serve", "启动问答服务；索引缺失或过期时先重建。")
    made.add_argument("--host", help="监听地址（默认 127.0.0.1）")
    made.add_argument("--port", type=_port, help="监听端口（默认 8000）")
    options = made.parse_args(arguments)
    try:
        settings = settings_from(options)
        # The address comes first: whether it is free should not take a build to find out.
        with _bound(settings) as door:
            # So do the models: one that cannot be used is told before a build too.
            models = settings.data_dir / "models"
            encoder = load_encoder(settings.index_settings(), models)
            reader = load_reader(settings.reader, models)
            _build_if_stale(settings, encoder)
            _listen(door, settings)
            _serve(door, settings, Opener(settings, encoder, reader))
    except YoujuError as error:
        complain(error)
        return 2
    return 0


def _serve(door: socket.socket, settings: Settings, opener: Opener) -> None:
    """Answer requests until a signal ends it; the requests in flight are answered first."""
    app = create_app(settings, Library(settings.data_dir, opener))
    config = uvicorn.Config(app, log_level=settings.log_level)
    print(f"打开 {_address(settings)} 提问；按 Ctrl+C 结束。", flush=True)
    try:
        uvicorn.Server(config).run(sockets=[door])
    except KeyboardInterrupt:
        # uvicorn raises the signal again once it has shut down: this is the way to stop it.
        print("服务已停止。", flush=True)


def _build_if_stale(settings: Settings, encoder: Encoder) -> None:
    """A build that fails does not keep the service from starting on what there is."""
    try:
        if is_stale(settings.corpus_dir, settings.data_dir, encoder, settings.index_settings()):
            print("索引缺失或已过期，正在重建……", flush=True)
            print_report(build_with_progress(settings, encoder))
    except YoujuError as error:
        complain(error)


def _bound(settings: Settings) -> socket.socket:
    """A socket on the address of the settings, not yet listening; raises BadOption."""
    try:
        found = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)
        family, kind, protocol, _, address = found[0]
        door = socket.socket(family, kind, protocol)
    except OSError as error:
        raise BadOption(f"监听地址 {settings.host} 无效：{error.strerror}") from error
    try:
        # Else a restart would be refused while connections of the last run fade out.
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind(address)
    except OSError as error:
        door.close()
        raise BadOption(_cannot_listen(settings, error)) from error
    return door


def _listen(door: socket.socket, settings: Settings) -> None:
    """Take connections from now on; another service may have been quicker: raises BadOption."""
    try:
        door.listen(BACKLOG)
    except OSError as error:
        raise BadOption(_cannot_listen(settings, error)) from error


def _cannot_listen(settings: Settings, error: OSError) -> str:
    other = "请用 --port 换一个端口"
    if error.errno == errno.EADDRINUSE:
        return f"端口 {settings.port} 已被占用。{other}，或先停掉占用它的程序"
    if error.errno == errno.EACCES:
        return f"没有权限使用端口 {settings.port}。{other}（1024 以上）"
    return f"无法监听 {settings.host} 端口 {settings.port}：{error.strerror}"


def _address(settings: Settings) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{settings.port}"


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError("端口必须是 1 到 65535 的整数")
    return int(text)


if __name__ == "__main__":
    run(main)
