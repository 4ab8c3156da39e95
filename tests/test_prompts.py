"""Prompts: the settings' own, else the model's, else those of its family."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.encoding.prompts import BGE_QUESTION_PROMPT, Prompts, choose_prompts
from index.types import IndexSettings


@pytest.mark.parametrize(
    ("name", "configured", "expected"),
    [
        ("owner/any", {}, Prompts("", "")),
        ("owner/any", {"query": "", "document": ""}, Prompts("", "")),
        ("owner/any", {"query": "q: ", "document": "d: "}, Prompts("q: ", "d: ")),
        ("owner/any", {"query": "q: ", "passage": "p: ", "document": ""}, Prompts("q: ", "p: ")),
        ("intfloat/multilingual-e5-base", {"query": ""}, Prompts("query: ", "passage: ")),
        ("intfloat/e5-large", {"query": "q: "}, Prompts("q: ", "")),
        ("BAAI/bge-base-zh-v1.5", {}, Prompts(BGE_QUESTION_PROMPT, "")),
        ("BAAI/bge-base-en-v1.5", {}, Prompts("", "")),
        ("owner/safe50-model", {}, Prompts("", "")),
    ],
)
def test_prompts_come_from_the_model_or_its_family(
    name: str, configured: dict[str, str | None], expected: Prompts
) -> None:
    assert choose_prompts(IndexSettings(model=name), configured, Path("snapshot")) == expected


def test_prompts_of_the_settings_come_first() -> None:
    settings = IndexSettings(model="intfloat/e5-base", question_prompt="", passage_prompt="段：")
    assert choose_prompts(settings, {"query": "q: "}, Path("e5")) == Prompts("", "段：")


def test_family_is_seen_in_the_folders_name() -> None:
    found = choose_prompts(IndexSettings(model="."), {}, Path("/models/bge-small-zh-v1.5"))
    assert found.question == BGE_QUESTION_PROMPT
