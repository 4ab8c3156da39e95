"""All checks, in the order of how soon they fail; the first failure ends the run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CHECKS = (
    ("ruff", "format", "--check", "."),
    ("ruff", "check", "."),
    ("mypy",),
    ("pytest",),
)


def main(arguments: list[str]) -> int:
    """Run the checks from the project's root; arguments (and --help) are pytest's."""
    if {"-h", "--help"} & set(arguments):
        print("用法: scripts/test [pytest 的参数]")
        print("运行格式、规范、类型检查和全部测试；参数交给 pytest。")
        return 0
    for name, *options in CHECKS:
        extra = arguments if name == "pytest" else []
        print(f"== {name} {' '.join([*options, *extra])}", flush=True)
        code = subprocess.run([sys.executable, "-m", name, *options, *extra], cwd=ROOT).returncode
        if code:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
