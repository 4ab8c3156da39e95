"""All checks, in the order of how soon they fail; the first failure ends the run."""

from __future__ import annotations

import os
import shutil
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
    _provide_browser()
    for name, *options in CHECKS:
        extra = arguments if name == "pytest" else []
        print(f"== {name} {' '.join([*options, *extra])}", flush=True)
        code = subprocess.run([sys.executable, "-m", name, *options, *extra], cwd=ROOT).returncode
        if code:
            return code
    return 0


def _provide_browser() -> None:
    """Install chromium where it is missing and this is allowed; the page tests fail without it."""
    if os.environ.get("YOUJU_TEST_CHROMIUM") or shutil.which("chromium"):
        return
    install = "apt-get install -y --no-install-recommends chromium fonts-noto-cjk"
    if shutil.which("apt-get") and os.geteuid() == 0:
        print("== 安装网页测试要用的 chromium", flush=True)
        for command in ("apt-get update -q", install):
            subprocess.run(command.split(), env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})
    if not shutil.which("chromium"):
        print(
            f"没有 chromium，网页测试会失败。请以 root 身份运行：{install}\n"
            "或用环境变量 YOUJU_TEST_CHROMIUM 指明已有的 Chromium 或 Chrome。",
            file=sys.stderr,
            flush=True,
        )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
