"""The words that a model was trained to see in front of a question and of a passage.

Left out, the vectors are still vectors, only worse ones, and nothing tells; so a model that does
not name its prompts is given those of its family.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from index.types import IndexSettings

BGE_QUESTION_PROMPT = "为这个句子生成表示以用于检索相关文章："


@dataclass(frozen=True, slots=True)
class Prompts:
    """What is put in front of a text before it is embedded; empty for nothing."""

    question: str
    passage: str


def choose_prompts(
    settings: IndexSettings, configured: Mapping[str, str | None], folder: Path
) -> Prompts:
    """The prompts: the settings' own, else the model's, else those its family is known to need."""
    model = _configured_prompts(configured) or _family_prompts(f"{settings.model} {folder.name}")
    question, passage = settings.question_prompt, settings.passage_prompt
    return Prompts(
        question=model.question if question is None else question,
        passage=model.passage if passage is None else passage,
    )


def _configured_prompts(configured: Mapping[str, str | None]) -> Prompts | None:
    """None where the model names no prompt; sentence-transformers itself adds empty ones."""
    question = configured.get("query") or ""
    passage = configured.get("passage") or configured.get("document") or ""
    return Prompts(question, passage) if question or passage else None


def _family_prompts(name: str) -> Prompts:
    if re.search(r"\be5\b", name.lower().replace("_", "-")):
        return Prompts("query: ", "passage: ")
    if re.search(r"\bbge-.*\bzh\b", name.lower().replace("_", "-")):
        return Prompts(BGE_QUESTION_PROMPT, "")
    return Prompts("", "")
