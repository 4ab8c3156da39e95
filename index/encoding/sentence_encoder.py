"""An `Encoder` over sentence-transformers: the only module that imports it, torch or transformers.

They are imported inside functions, so that importing this module costs nothing.

A passage's vector depends on the passage alone, to the last bit, on one machine (see
`batching`). Hence a rebuild that takes most vectors from a cache equals one from scratch.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from index.encoding.batching import batches
from index.encoding.prompts import Prompts
from index.errors import ModelError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from transformers import PreTrainedTokenizerBase

_FALLBACK_LIMIT = 512


class SentenceEncoder:
    """An `Encoder` over a loaded sentence-transformers model on the CPU."""

    def __init__(
        self, model: SentenceTransformer, name: str, fingerprint: str, prompts: Prompts
    ) -> None:
        self._model = model
        self._tokenizer = _text_tokenizer(model, name)
        self._prompts = prompts
        # A call to the tokenizer sets its padding, which another thread must not see half-way.
        self._tokenizing = threading.Lock()
        self.name = name
        self.fingerprint = fingerprint
        self.dimensions = _dimensions(model)
        self._limit = _token_limit(model)
        self.max_tokens = self._limit - self._overhead(prompts.passage)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """See `Encoder`."""
        return self._lengths(texts, special=False)

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See `Encoder`."""
        vectors = np.empty((len(texts), self.dimensions), np.float32)
        prompted = [self._prompts.passage + text for text in texts]
        lengths = self._lengths(prompted, special=True)
        self._refuse_too_long(texts, lengths)
        for length, rows, places in batches(lengths, self._limit):
            batch = [texts[place] for place in places]
            # The spare rows only fill the shape.
            batch += batch[:1] * (rows - len(batch))
            vectors[places] = self._embed(batch, self._prompts.passage, length)[: len(places)]
        return vectors

    def embed_sentences(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See `Encoder`."""
        self._refuse_too_long(
            texts, self._lengths([self._prompts.passage + text for text in texts], special=True)
        )
        return self._embed(list(texts), self._prompts.passage, None)

    def embed_question(self, text: str) -> NDArray[np.float32]:
        """See `Encoder`."""
        vector: NDArray[np.float32] = self._embed([text], self._prompts.question, None)[0]
        return vector

    def _embed(self, texts: list[str], prompt: str, length: int | None) -> NDArray[np.float32]:
        """Vectors of the texts, each padded to `length` tokens or all to the longest."""
        import torch

        padding = {} if length is None else {"padding": "max_length", "max_length": length}
        with torch.inference_mode():
            with self._tokenizing:
                features = self._model.preprocess(
                    texts, prompt=prompt, processing_kwargs={"text": padding}
                )
            found = self._model(features)["sentence_embedding"].float().numpy()
        return _unit_length(found)

    def _lengths(self, texts: Sequence[str], special: bool) -> list[int]:
        if not texts:
            return []
        with self._tokenizing:
            encoded = self._tokenizer(
                list(texts), add_special_tokens=special, padding=False, truncation=False,
                return_attention_mask=False, return_token_type_ids=False, verbose=False,
            )  # fmt: skip
        return [len(ids) for ids in encoded["input_ids"]]

    def _overhead(self, prompt: str) -> int:
        """Tokens that the prompt and the special tokens add to a text."""
        (alone,) = self._lengths(["文"], special=False)
        (whole,) = self._lengths([f"{prompt}文"], special=True)
        return whole - alone

    def _refuse_too_long(self, texts: Sequence[str], lengths: list[int]) -> None:
        for text, length in zip(texts, lengths, strict=True):
            if length > self._limit:
                spare = self._limit - self.max_tokens
                raise ValueError(
                    f"a passage of {length - spare} tokens is longer than the model's "
                    f"{self.max_tokens}: {text[:20]!r}…"
                )


def open_model(folder: Path, precision: str) -> SentenceTransformer:
    """The model of a folder, on the CPU; raises whatever a foreign folder provokes."""
    import torch
    from sentence_transformers import SentenceTransformer

    dtype = {"float32": torch.float32, "bfloat16": torch.bfloat16}[precision]
    model = SentenceTransformer(
        str(folder),
        device="cpu",
        local_files_only=True,
        model_kwargs={"dtype": dtype, "use_safetensors": True},
    )
    return model.eval()


def has_native_bfloat16() -> bool:
    """Whether the CPU computes in bfloat16; where it does not, that is slower than float32."""
    import torch

    able = torch.cpu.get_capabilities()
    native = ("amx_bf16", "avx512_bf16", "bf16", "sve_bf16")
    return any(able.get(feature) for feature in native)


def bound_spinning() -> None:
    """Let an idle OpenMP thread sleep soon; torch must not have been imported yet.

    By default it spins for milliseconds at each of a forward pass's hundreds of barriers. On a
    machine that others keep busy too, that made a question 35 times slower.
    """
    if "OMP_WAIT_POLICY" not in os.environ:
        os.environ.setdefault("GOMP_SPINCOUNT", "10000")


def silence_libraries() -> None:
    """Switch off the progress bars and the warnings of the libraries that load a model."""
    from transformers.utils.logging import disable_progress_bar

    # This one switches off those of huggingface_hub too.
    disable_progress_bar()  # type: ignore[no-untyped-call]
    for library in ("transformers", "sentence_transformers", "huggingface_hub"):
        logging.getLogger(library).setLevel(logging.ERROR)


def _text_tokenizer(model: SentenceTransformer, name: str) -> PreTrainedTokenizerBase:
    from transformers import PreTrainedTokenizerBase

    if not isinstance(tokenizer := model.tokenizer, PreTrainedTokenizerBase):
        raise ModelError(f"模型 {name} 不是文本向量模型（没有可用的分词器），请换用其他模型。")
    return tokenizer


def _dimensions(model: SentenceTransformer) -> int:
    found = model.get_embedding_dimension()
    # Some module chains do not say; one short text does.
    return int(model.encode("文").shape[0]) if found is None else found


def _token_limit(model: SentenceTransformer) -> int:
    """Tokens in one input, special tokens and prompt included."""
    config = model.config
    limits = [model.max_seq_length, getattr(config, "max_position_embeddings", None)]
    # A tokenizer without a limit of its own says 10^30.
    return min([limit for limit in limits if limit and limit < 10**9], default=_FALLBACK_LIMIT)


def _unit_length(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    found: NDArray[np.float32] = vectors / np.maximum(norms, np.float32(1e-12))
    return found
