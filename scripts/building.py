"""A build as a person sees it: progress bars while it runs, a report at its end."""

from __future__ import annotations

import sys
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from index.builder import Stage, build
from index.encoding.encoder import Encoder
from index.types import BuildReport, FileNotice
from service.settings import Settings

STAGES = {
    Stage.READ: "读取文档",
    Stage.CHUNK: "切分段落",
    Stage.EMBED: "计算向量",
    Stage.INDEX: "建立词索引",
    Stage.VERIFY: "校验发布",
}


def build_with_progress(
    settings: Settings, encoder: Encoder, cache: Path | None = None
) -> BuildReport:
    """Build, with a bar for each stage on standard error; `cache` is as `build` takes it."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bars:
        tasks = {
            stage: bars.add_task(words, total=None, start=False, visible=False)
            for stage, words in STAGES.items()
        }

        def show(stage: Stage, done: int, total: int) -> None:
            task = tasks[stage]
            if not bars.tasks[task].started:
                bars.start_task(task)
            bars.update(task, completed=done, total=total, visible=True)

        return build(
            settings.corpus_dir,
            settings.data_dir,
            encoder,
            settings.index_settings(),
            show,
            cache=cache,
        )


def print_report(report: BuildReport) -> None:
    """Print what a build did, one fact a line, on standard output."""
    if not report.published:
        print("没有变化，沿用现有索引（没有重新计算任何向量）。")
    print(f"文档 {report.documents} 篇，段落 {report.passages} 个")
    print(f"新算向量 {report.embedded} 个，沿用 {report.reused} 个")
    print_notices("跳过的文件", report.skipped)
    print_notices("需要留意的文件", report.remarks)
    print(f"索引版本 {report.version}，用时 {report.seconds:.1f} 秒")


def print_notices(heading: str, notices: tuple[FileNotice, ...]) -> None:
    """Print the files under a heading, each with its reason; nothing where there are none."""
    if notices:
        print(f"{heading}（{len(notices)} 个）：")
    for notice in notices:
        print(f"  {notice.path}：{notice.detail}")


def complain(error: Exception) -> None:
    """Say what went wrong, on standard error."""
    print(f"错误：{error}", file=sys.stderr)
