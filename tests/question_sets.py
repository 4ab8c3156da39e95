"""Question sets that a person can write down, as the folders that hold them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

Record = Mapping[str, Any]


def write_set(
    folder: Path,
    passages: Sequence[Record],
    questions: Sequence[Record],
    distractors: Sequence[Record] = (),
) -> Path:
    """Write a set's files; returns its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {"passages": passages, "questions": questions, "distractors": distractors}
    for name, records in files.items():
        lines = [json.dumps(record, ensure_ascii=False) + "\n" for record in records]
        if lines:
            (folder / f"{name}.jsonl").write_text("".join(lines), encoding="utf-8")
    return folder


def passage(number: str, text: str, title: str = "") -> Record:
    """A passage's record."""
    return {"id": number, "title": title, "text": text}


def question(
    text: str, passage_id: str | None = None, answers: Sequence[str] = (), **more: Any
) -> Record:
    """A question's record."""
    quoted = [{"text": answer, "start": 0} for answer in answers]
    return {"id": text, "question": text, "passage_id": passage_id, "answers": quoted, **more}
