"""The project's commands as child processes, as a person would run them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import httpx

from tests.conftest import ROOT

PATIENCE = 120.0
"""Seconds for a process to start or end: loading the model takes ten on a small machine."""


def environment(**settings: str) -> dict[str, str]:
    """This process's environment with these settings alone."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("YOUJU_")}
    return {**kept, "PYTHONUNBUFFERED": "1", "NO_PROXY": "*", **settings}


def command(script: str, *arguments: str | Path) -> list[str]:
    """A script of the project as an argument list for this interpreter."""
    return [sys.executable, str(ROOT / "scripts" / script), *map(str, arguments)]


def run_command(
    script: str, *arguments: str | Path, **settings: str
) -> subprocess.CompletedProcess[str]:
    """Run a script to its end."""
    return subprocess.run(
        command(script, *arguments),
        env=environment(**settings),
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
    )


@contextmanager
def started(
    script: str, *arguments: str | Path, **settings: str
) -> Iterator[subprocess.Popen[str]]:
    """A script while it runs; what is left of it is killed at the end."""
    with subprocess.Popen(
        command(script, *arguments),
        env=environment(**settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def wait_until(condition: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
    """Poll until a condition holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s in vain for: {what}"
        time.sleep(0.02)


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port: int = door.getsockname()[1]
    return port


def data_folder(folder: Path, models_dir: Path) -> Path:
    """A new data folder that shares the decoded model."""
    folder.mkdir(parents=True)
    (folder / "models").symlink_to(models_dir.resolve(), target_is_directory=True)
    return folder


@dataclass(slots=True)
class Server:
    """A service in a process of its own; `log` gathers all that it prints."""

    corpus: Path
    data: Path
    log: Path
    port: int
    process: subprocess.Popen[bytes]
    client: httpx.Client
    file: IO[bytes]

    @classmethod
    def start(cls, corpus: Path, data: Path, log: Path) -> Self:
        """Start it and wait until it answers requests, be it to say that it has no index."""
        port = free_port()
        file = log.open("wb")
        process = subprocess.Popen(
            command("serve.py", "--corpus", corpus, "--data", data, "--port", str(port)),
            env=environment(),
            stdout=file,
            stderr=subprocess.STDOUT,
        )
        client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30, trust_env=False)
        server = cls(corpus, data, log, port, process, client, file)
        try:
            wait_until(server.is_up, "the server to start")
        except BaseException:
            server.kill()
            raise
        return server

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()

    @property
    def address(self) -> str:
        """Where it is reached, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    def is_up(self) -> bool:
        """Whether it takes connections; it is an error if it has ended."""
        assert self.process.poll() is None, self.printed()
        try:
            self.client.get("/health")
        except httpx.TransportError:
            return False
        return True

    def ask(self, question: str, **more: object) -> httpx.Response:
        """POST a question."""
        return self.client.post("/ask", json={"question": question, **more})

    def version(self) -> str | None:
        """The version of the index that serves, or None."""
        response = self.client.get("/index")
        version: str | None = response.json().get("version")
        return version

    def interrupt(self) -> int:
        """Press Ctrl+C; the exit status."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE)

    def printed(self) -> str:
        """All that it has printed."""
        return self.log.read_text(encoding="utf-8")

    def kill(self) -> None:
        """End it at once, if it still runs."""
        self.process.kill()
        self.process.wait(PATIENCE)
        self.client.close()
        self.file.close()
