"""The packed file's vocabulary as a tokenizer of the `tokenizers` library.

All but 45 of the file's 4837 character replacements are those of NFKC, which `tokenizers` has
built in; so the normaliser is NFKC, and only the exceptions are written out.
"""

from __future__ import annotations

import unicodedata
from typing import Any

from index.encoding.packed_model import PackedModel

# NFKC rewrites U+FF5E to `~`; the model's own table does not, and Chinese texts write it in ranges.
_KEPT_BY_TABLE = "\uff5e"
# A noncharacter: it may stand for the kept character inside the normaliser, and nowhere else.
_STAND_IN = "\ufdd0"


def build_tokenizer(model: PackedModel) -> Any:
    """The file's Unigram model as a `tokenizers.Tokenizer`, `<s> … </s>` around each text."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, processors

    header = model.header
    names = [piece for piece, _ in model.pieces]
    bos, eos = names[header.bos], names[header.eos]
    tokenizer = Tokenizer(models.Unigram(list(model.pieces), header.unk, False))
    tokenizer.normalizer = _normalizer(model.replacements)
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace("▁", "always")
    tokenizer.decoder = decoders.Metaspace("▁", "always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}",
        pair=f"{bos} $A {eos} {eos} $B {eos}",
        special_tokens=[(bos, header.bos), (eos, header.eos)],
    )
    special = [bos, names[header.pad], eos, names[header.unk], "<mask>"]
    tokenizer.add_special_tokens([AddedToken(name, special=True) for name in special])
    return tokenizer


def _normalizer(replacements: dict[str, str]) -> Any:
    """NFKC, with the table's exceptions to it, and spaces as SentencePiece wants them."""
    from tokenizers import Regex, normalizers

    exceptions: dict[str, str] = {}
    for character, output in sorted(replacements.items()):
        if unicodedata.normalize("NFKC", character) != output:
            exceptions[output] = exceptions.get(output, "") + character
    steps: list[normalizers.Normalizer] = [
        normalizers.Replace(Regex(f"[{_as_class(found)}]"), output)
        for output, found in exceptions.items()
    ]
    steps += [
        normalizers.Replace(_KEPT_BY_TABLE, _STAND_IN),
        normalizers.NFKC(),
        normalizers.Replace(_STAND_IN, _KEPT_BY_TABLE),
        normalizers.Replace(Regex(" {2,}"), " "),
        normalizers.Strip(left=False, right=True),
    ]
    return normalizers.Sequence(steps)


def _as_class(characters: str) -> str:
    return "".join(f"\\x{{{ord(character):X}}}" for character in characters)
