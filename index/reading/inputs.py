"""A question and a page as the tokens that a reader is shown.

    <s> query: QUESTION </s></s> CONTEXT TEXT </s>

Text is cut from its end where it does not fit. All of it is read in simplified characters, one for
one, so that offsets into the text hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tokenizers import Encoding, Tokenizer

from index.errors import ModelError
from index.language.folding import simplify
from index.reading.reader import Page

QUESTION_PROMPT = "query: "
PART_LIMIT = 64
"""Tokens of the question (prompt included), and of title and headings, that are read."""

Offsets = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A tokenizer, the ids around its texts, and the most tokens of an input."""

    tokenizer: Tokenizer
    bos: int
    eos: int
    limit: int


@dataclass(frozen=True, slots=True)
class Input:
    """The text's tokens are `ids[first:-1]`, with their `offsets` in the text."""

    ids: list[int]
    first: int
    offsets: list[Offsets]


def open_vocabulary(folder: Path, limit: int) -> Vocabulary:
    """The tokenizer of a model folder; raises ModelError."""
    path = folder / "tokenizer.json"
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises nothing narrower
        raise ModelError(f"{path} 不是可用的词表：{error}") from error
    tokenizer.no_truncation()
    tokenizer.no_padding()
    bos, *_, eos = tokenizer.encode("").ids
    return Vocabulary(tokenizer, bos, eos, limit)


def inputs(question: str, pages: Sequence[Page], vocabulary: Vocabulary) -> Iterator[Input]:
    """The input of each page, in their order."""
    (asked,) = _encoded(vocabulary, [QUESTION_PROMPT + question])
    contexts = _encoded(vocabulary, [page.context for page in pages])
    texts = _encoded(vocabulary, [page.text for page in pages])
    part = min(PART_LIMIT, vocabulary.limit // 4)
    bos, eos = vocabulary.bos, vocabulary.eos
    for context, text in zip(contexts, texts, strict=True):
        head = [bos, *asked.ids[:part], eos, eos, *context.ids[:part]]
        room = vocabulary.limit - len(head) - 1
        yield Input([*head, *text.ids[:room], eos], len(head), text.offsets[:room])


def _encoded(vocabulary: Vocabulary, texts: list[str]) -> list[Encoding]:
    simple = [simplify(text) for text in texts]
    return vocabulary.tokenizer.encode_batch(simple, add_special_tokens=False)
