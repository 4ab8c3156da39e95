"""Build the index from the corpus and publish it.

Exit status: 0 all is in; 1 published, but some files could not be read; 2 nothing published.
"""

from __future__ import annotations

from building import build_with_progress, complain, print_report
from options import parser, run, settings_from

from index.documents.corpus_files import list_corpus
from index.encoding.model_loading import load_encoder
from index.errors import YoujuError


def main(arguments: list[str]) -> int:
    """Parse the arguments, build, report."""
    options = parser(
        "rebuild_index", "把语料目录重建为索引并发布；正在运行的服务会自动换用新索引。"
    )
    try:
        settings = settings_from(options.parse_args(arguments))
        list_corpus(settings.corpus_dir)  # A wrong folder is told before the model is loaded.
        encoder = load_encoder(settings.index_settings(), settings.data_dir / "models")
        report = build_with_progress(settings, encoder)
    except YoujuError as error:
        complain(error)
        return 2
    print_report(report)
    return 1 if report.skipped else 0


if __name__ == "__main__":
    run(main)
