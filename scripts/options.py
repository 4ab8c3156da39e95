"""Command-line options on top of the settings: what both the commands and the service share."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from index.errors import YoujuError
from service.settings import BadSettings, Settings

INTERRUPTED = 130


class BadOption(YoujuError):
    """A setting or an option is wrong; the message says which."""


def run(main: Callable[[list[str]], int]) -> NoReturn:
    """Run a command to its exit status; Ctrl+C ends it with a word instead of a traceback."""
    try:
        status = main(sys.argv[1:])
    except KeyboardInterrupt:
        print("已中断。", file=sys.stderr)
        status = INTERRUPTED
    sys.exit(status)


def parser(command: str, description: str) -> argparse.ArgumentParser:
    """A parser with the options that every command takes."""
    made = argparse.ArgumentParser(prog=f"scripts/{command}", description=description)
    made.add_argument("--corpus", type=Path, metavar="DIR", help="语料目录（默认 corpus/）")
    made.add_argument("--data", type=Path, metavar="DIR", help="数据目录（默认 data/）")
    return made


def settings_from(options: argparse.Namespace) -> Settings:
    """The environment's settings with the options given in their place; raises BadOption."""
    names = {"corpus": "corpus_dir", "data": "data_dir", "host": "host", "port": "port"}
    given = {
        field: getattr(options, option)
        for option, field in names.items()
        if getattr(options, option, None) is not None
    }
    try:
        settings = Settings.load()
    except BadSettings as error:
        raise BadOption(str(error)) from error
    return settings.model_copy(update=given)
