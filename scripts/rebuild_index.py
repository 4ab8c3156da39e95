"""Build the index from the corpus and publish it.

Exit status: 0 all is in; 1 published, but some files could not be read; 2 nothing published.
"""

from __future__ import annotations

import sys

from building import build_with_progress, complain, print_report
from options import parser, settings_from

from index.encoder import load_encoder
from index.errors import YoujuError


def main(arguments: list[str]) -> int:
    """Parse the arguments, build, report."""
    options = parser(
        "rebuild_index", "把语料目录重建为索引并发布；正在运行的服务会自动换用新索引。"
    )
    try:
        settings = settings_from(options.parse_args(arguments))
        encoder = load_encoder(settings.index_settings(), settings.data_dir / "models")
        report = build_with_progress(settings, encoder)
    except YoujuError as error:
        complain(error)
        return 2
    print_report(report)
    return 1 if report.skipped else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
