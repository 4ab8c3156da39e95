"""Builds that are killed or run out of disk, each in a process of its own.

python -m tests.builds_in_trouble killed BASE CORPUS TARGET
    Copies the data folder BASE to TARGET/1, TARGET/2, …; in copy n a build is killed at the n-th
    change that it makes to the folder's files, until one lives to its end.
python -m tests.builds_in_trouble full BASE CORPUS TARGET LIMIT…
    The same with no file allowed to grow above LIMIT bytes, as on a disk that is full; writes
    what became of it to TARGET/LIMIT.txt.
python -m tests.builds_in_trouble at-stage DATA CORPUS STAGE
    Kills itself when the build tells of the end of a stage.
python -m tests.builds_in_trouble at-batch DATA CORPUS NUMBER
    Kills itself when the encoder is given this batch (from 1).
"""

from __future__ import annotations

import os
import resource
import shutil
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.builder import Stage, build
from index.errors import YoujuError
from index.language.tokens import terms
from tests.corpora import SETTINGS, SMALL_PASSAGES
from tests.fakes import SubjectEncoder

WIDE = 1024
CHANGES = frozenset({"os.rename", "os.remove", "os.mkdir", "sqlite3.connect", "shutil.rmtree"})


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_at_step(number: int, data: Path) -> None:
    """Die before the n-th call that changes a file of the folder."""
    steps = 0

    def count(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal steps
        changes = event in CHANGES or (event == "open" and opens_to_write(arguments))
        if changes and str(data) in str(arguments[0]):
            steps += 1
            if steps == number:
                die()

    sys.addaudithook(count)


def opens_to_write(arguments: tuple[object, ...]) -> bool:
    flags = arguments[2]
    return isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR) != 0


def lives(action: Callable[[], object]) -> bool:
    """Run an action in a child process; whether it lived."""
    child = os.fork()
    if child == 0:
        action()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) == 0


def kill_at_every_step(base: Path, corpus: Path, target: Path) -> None:
    terms("词典先读好，每个子进程就不用再读。")
    for number in range(1, 1000):
        data = target / str(number)
        shutil.copytree(base, data)

        def attempt(number: int = number, data: Path = data) -> None:
            die_at_step(number, data)
            build(corpus, data, SubjectEncoder(), SETTINGS)

        if lives(attempt):
            return


def build_with_limits(base: Path, corpus: Path, target: Path, limits: Sequence[int]) -> None:
    terms("词典先读好，每个子进程就不用再读。")
    for limit in limits:
        data = target / str(limit)
        shutil.copytree(base, data)

        def attempt(limit: int = limit, data: Path = data) -> None:
            allowed = resource.getrlimit(resource.RLIMIT_FSIZE)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, allowed[1]))
            try:
                build(corpus, data, SubjectEncoder(dimensions=WIDE), SETTINGS)
                outcome = "published"
            except YoujuError as error:
                outcome = f"{type(error).__name__}: {error}"
            except Exception as error:
                outcome = f"not translated: {error!r}"
            resource.setrlimit(resource.RLIMIT_FSIZE, allowed)
            (target / f"{limit}.txt").write_text(outcome, encoding="utf-8")

        lives(attempt)


def die_at_stage(data: Path, corpus: Path, stage: str) -> None:
    def hear(heard: Stage, done: int, total: int) -> None:
        if heard == stage and done == total:
            die()

    build(corpus, data, SubjectEncoder(), SMALL_PASSAGES, hear)


class DyingEncoder(SubjectEncoder):
    """Dies when it is given a certain batch."""

    def __init__(self, batch: int) -> None:
        super().__init__()
        self.left = batch

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.left -= 1
        if self.left == 0:
            die()
        return super().embed_passages(texts)


def main(kind: str, data: str, corpus: str, *rest: str) -> None:
    if kind == "killed":
        kill_at_every_step(Path(data), Path(corpus), Path(rest[0]))
    elif kind == "full":
        build_with_limits(Path(data), Path(corpus), Path(rest[0]), [int(one) for one in rest[1:]])
    elif kind == "at-stage":
        die_at_stage(Path(data), Path(corpus), rest[0])
    else:
        build(Path(corpus), Path(data), DyingEncoder(int(rest[0])), SMALL_PASSAGES)


if __name__ == "__main__":
    main(*sys.argv[1:])
