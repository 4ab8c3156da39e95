"""Small corpora on the subjects that `tests.fakes.SubjectEncoder` counts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from index.builder import build
from index.reading.reader import Reader
from index.search_index import SearchIndex
from index.types import BuildReport, IndexSettings
from tests.fakes import SubjectEncoder

SETTINGS = IndexSettings(model="subjects", max_chars=60)
# Every line of a long list is a passage of its own.
SMALL_PASSAGES = IndexSettings(model="subjects", max_chars=12)
FUND = """---
title: 扶贫资金
source: 市报
author: 甲
published: 2020-11-17
url: https://example.com/fund
---
日照市投入扶贫资金10.4亿元，都是真金白银的钱。资金按季度下达到各个乡镇，没有截留。

# 用途

这笔钱用来修建村里的道路，也用来补贴危房改造，还用来添置小学的课桌和图书，账目每月公开。
"""
LAND = """---
title: 土地流转
source: 省报
published: 2021-03-05
---
烟台市的山地和水浇地完成流转，土地租金按亩计算，流转合同由村委会保管，期限最长三十年。
"""
VISIT = """---
title: 人物走访
source: 市报
---
记者走访了一位老人。老人说，村里人的日子越过越好，年轻人也愿意回乡创业，人人都有事情做。
"""
FILES = {"fund.md": FUND, "land.md": LAND, "visit.md": VISIT}


def write_corpus(folder: Path, files: Mapping[str, str]) -> Path:
    """Make the folder hold these files and no others."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        path.unlink()
    for name, text in files.items():
        (folder / name).write_bytes(text.encode())
    return folder


def build_small(
    corpus: Path,
    data: Path,
    encoder: SubjectEncoder | None = None,
    settings: IndexSettings = SETTINGS,
) -> BuildReport:
    """A build with the fake encoder."""
    return build(corpus, data, encoder or SubjectEncoder(), settings)


def open_small(data: Path, reader: Reader | None = None, **more: Any) -> SearchIndex:
    """The published generation with the fake encoder, read by a reader if one is given."""
    return SearchIndex.open(data, SubjectEncoder(), reader=reader, **more)
