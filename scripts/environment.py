#!/usr/bin/env python3
"""Make or reuse the project's .venv, then run one of its commands there.

    environment.py [--with EXTRA] COMMAND.py [ARGUMENT …]

Runs on the machine's own Python, so it needs nothing but the standard library, and parses on
Pythons too old for the project, so that it can say so.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)


def main() -> None:
    """Make the environment if it is not there or not up to date, and become the command."""
    extra, command, arguments = parse(sys.argv[1:])
    with (ROOT / ".venv.lock").open("w") as lock:
        # Two commands started at once on a fresh machine must not both fill one folder.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not is_ready(extra):
            make(extra)
    script = ROOT / "scripts" / command
    os.execv(str(PYTHON), [str(PYTHON), str(script), *arguments])


def parse(arguments: "list[str]") -> "tuple[str, str, list[str]]":
    """The extra to install (or ""), the command's file, and its own arguments."""
    extra = ""
    if arguments[:1] == ["--with"]:
        extra, arguments = arguments[1], arguments[2:]
    return extra, arguments[0], arguments[1:]


def is_ready(extra: str) -> bool:
    """Whether .venv holds what the project asks for now; an extra holds the base as well."""
    stamps = [stamp_file(extra)] if extra else VENV.glob(stamp_file("*").name)
    try:
        return PYTHON.exists() and stamp() in [made.read_text() for made in stamps if made.exists()]
    except OSError:
        return False


def make(extra: str) -> None:
    """Fill .venv; a failure leaves no stamp, so the next command tries again."""
    say("正在准备运行环境 .venv（首次需要几分钟）……")
    if not PYTHON.exists():
        shutil.rmtree(VENV, ignore_errors=True)
        run(
            [python(), "-m", "venv", str(VENV)],
            "无法建立虚拟环境；Debian/Ubuntu 请先安装 python3-venv",
        )
    target = f"{ROOT}[{extra}]" if extra else str(ROOT)
    install = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    constraints = str(ROOT / "constraints.txt")
    run([*install, "-c", constraints, "-e", target], "安装依赖失败；请检查网络或 pip 设置后重试")
    stamp_file(extra).write_text(stamp())
    say("运行环境已就绪。")


def python() -> str:
    """A Python that is new enough: this one, or another on the path."""
    if sys.version_info[:2] >= OLDEST:
        return sys.executable
    for minor in range(20, OLDEST[1] - 1, -1):
        found = shutil.which(f"python3.{minor}")
        if found:
            return found
    sys.exit(f"需要 Python {OLDEST[0]}.{OLDEST[1]} 或更新的版本，现有的是 {sys.version.split()[0]}")


def run(command: "list[str]", failure: str) -> None:
    """Run a command to its end; exit with a word on what to do where it fails."""
    if subprocess.run(command, stdout=sys.stderr).returncode != 0:
        sys.exit(failure)


def stamp() -> str:
    """What the environment depends on, as a hash."""
    digest = hashlib.sha256(str(ROOT).encode())
    for name in ("pyproject.toml", "constraints.txt"):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def stamp_file(extra: str) -> Path:
    """Where it is noted that an extra ("" for none) is installed."""
    return VENV / ("installed-" + (extra or "base"))


def say(text: str) -> None:
    """Tell the person at the screen; standard output belongs to the command."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
