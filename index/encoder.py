"""Text to vectors: the only module that imports torch and sentence-transformers.

Both are imported inside functions, so that importing this module costs nothing.

A passage's vector depends on the passage alone, to the last bit, on one machine: a matrix product
of another shape rounds differently, so passages are embedded in a few fixed shapes (see
`_shape`). Hence a rebuild that takes most vectors from a cache equals one from scratch.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from index.default_model import ensure_default_model
from index.errors import ModelError
from index.types import IndexSettings

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from transformers import PreTrainedTokenizerBase

PRECISIONS = ("auto", "float32", "bfloat16")
BGE_QUESTION_PROMPT = "为这个句子生成表示以用于检索相关文章："

_DEFAULT = "default"
_HUB_OWNER = "sentence-transformers"
# A lone passage fills a whole batch with spare rows, so this trades throughput (2048 would be a
# tenth faster) against the wait for a small rebuild.
_TOKENS_PER_BATCH = 1024
_LENGTH_STEP = 32
_FALLBACK_LIMIT = 512
# What a vector depends on. Other formats of the same weights (onnx/, *.bin) are never loaded.
_MODEL_FILES = ("*.safetensors", "*.json", "*.txt", "*.model")
_OTHER_FORMATS = ("onnx", "openvino")


class Encoder(Protocol):
    """A model as its callers see it. Every vector is float32 and of unit length."""

    @property
    def name(self) -> str:
        """The model as named in the settings."""

    @property
    def fingerprint(self) -> str:
        """Hex digest of all that a vector depends on: files, prompts, precision."""

    @property
    def dimensions(self) -> int:
        """The length of a vector."""

    @property
    def max_tokens(self) -> int:
        """Tokens that a passage may have; special tokens and the prompt are already taken off."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, without special tokens and prompt."""

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors in the order of the texts, shape (n, dimensions).

        Raises ValueError where a text has more than `max_tokens`: nothing is cut silently.
        """

    def embed_sentences(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """As `embed_passages`, for a few short texts at once while a user waits.

        Much faster for a few, and equal to it only up to rounding.
        """

    def embed_question(self, text: str) -> NDArray[np.float32]:
        """One vector, shape (dimensions,); tokens beyond the model's limit are left out.

        May be called from several threads at once.
        """


@dataclass(frozen=True, slots=True)
class Prompts:
    """What is put in front of a text before it is embedded; empty for nothing."""

    question: str
    passage: str


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
        for length, rows, places in _batches(lengths, self._limit):
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


def load_encoder(settings: IndexSettings, models_dir: Path) -> Encoder:
    """Load the model of the settings; the default one is decoded below `models_dir` if need be.

    `settings.model` is "default", a folder, or a hub name; a hub model that is in the local cache
    is taken from there without asking the hub. It runs on the CPU. Raises ModelError where the
    model cannot be found or read, or the precision is not a known one.
    """
    _bound_spinning()
    precision = resolve_precision(settings.precision)
    folder = _model_folder(settings.model, models_dir)
    model = _load_model(folder, precision, settings.model)
    prompts = choose_prompts(settings, model.prompts, folder)
    return SentenceEncoder(model, settings.model, _fingerprint(folder, prompts, precision), prompts)


def resolve_precision(wanted: str) -> str:
    """ "float32" or "bfloat16"; "auto" is bfloat16 where the CPU computes in it natively.

    Elsewhere bfloat16 is emulated, slower than float32. Raises ModelError for other words.
    """
    if wanted not in PRECISIONS:
        raise ModelError(f"不支持的精度 {wanted!r}，可选：{'、'.join(PRECISIONS)}。")
    if wanted != "auto":
        return wanted
    import torch

    able = torch.cpu.get_capabilities()
    native = ("amx_bf16", "avx512_bf16", "bf16", "sve_bf16")
    return "bfloat16" if any(able.get(feature) for feature in native) else "float32"


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


def _model_folder(name: str, models_dir: Path) -> Path:
    if name == _DEFAULT:
        return ensure_default_model(models_dir)
    folder = Path(name).expanduser()
    if not folder.is_dir():
        if _looks_like_path(name) or folder.exists():
            raise ModelError(
                f"找不到模型文件夹：{folder}。请检查路径；其中应有 config.json、"
                f"tokenizer.json 和 *.safetensors 等文件。"
            )
        folder = _hub_folder(name)
    if not _has_weights(folder):
        raise ModelError(
            f"模型 {name} 没有可用的权重：{folder} 中没有 *.safetensors 文件。"
            f"请改用带 safetensors 权重的 sentence-transformers 模型。"
        )
    return folder


def _looks_like_path(name: str) -> bool:
    """Whether it cannot be a hub name, which is `name` or `owner/name`."""
    return (
        name.startswith((".", "~"))
        or Path(name).is_absolute()
        or "\\" in name
        or name.count("/") > 1
    )


def _has_weights(folder: Path) -> bool:
    return any(_model_files(folder, ("*.safetensors",)))


def _hub_folder(name: str) -> Path:
    """The snapshot of a hub model, from the local cache where it is there, else downloaded."""
    _silence_libraries()
    from huggingface_hub import snapshot_download

    repo = name if "/" in name else f"{_HUB_OWNER}/{name}"
    wanted: dict[str, Any] = {
        "allow_patterns": list(_MODEL_FILES),
        "ignore_patterns": [f"{other}/*" for other in _OTHER_FORMATS],
    }
    try:
        cached = Path(snapshot_download(repo, local_files_only=True, **wanted))
        if _has_weights(cached):
            return cached
    except (OSError, ValueError):
        # Not in the cache; the attempt below says why it cannot be had at all.
        pass
    try:
        return Path(snapshot_download(repo, **wanted))
    except Exception as error:  # the hub, its HTTP library and the disk raise without a common root
        raise ModelError(
            f"无法取得模型 {name}：本地没有这个文件夹，也没能从模型库下载 {repo}"
            f"（{_first_line(error)}）。没有网络时，请把模型下载到本地，"
            f"并在设置中填写该文件夹的完整路径；或使用自带的模型 default。"
        ) from error


def _load_model(folder: Path, precision: str, name: str) -> SentenceTransformer:
    _silence_libraries()
    import torch
    from sentence_transformers import SentenceTransformer

    dtype = {"float32": torch.float32, "bfloat16": torch.bfloat16}[precision]
    try:
        model = SentenceTransformer(
            str(folder),
            device="cpu",
            local_files_only=True,
            model_kwargs={"dtype": dtype, "use_safetensors": True},
        )
    except Exception as error:  # whatever a foreign folder provokes: KeyError, SafetensorError, …
        raise ModelError(
            f"无法载入模型 {name}（{folder}）：{type(error).__name__}：{_first_line(error)}。"
            f"请确认这是完整的 sentence-transformers 模型文件夹。"
        ) from error
    return model.eval()


def _bound_spinning() -> None:
    """Let an idle OpenMP thread sleep soon; torch must not have been imported yet.

    By default it spins for milliseconds at each of a forward pass's hundreds of barriers. On a
    machine that others keep busy too, that made a question 35 times slower.
    """
    if "OMP_WAIT_POLICY" not in os.environ:
        os.environ.setdefault("GOMP_SPINCOUNT", "10000")


def _silence_libraries() -> None:
    from transformers.utils.logging import disable_progress_bar

    # This one switches off those of huggingface_hub too.
    disable_progress_bar()  # type: ignore[no-untyped-call]
    for library in ("transformers", "sentence_transformers", "huggingface_hub"):
        logging.getLogger(library).setLevel(logging.ERROR)


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0][:300]


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


def _shape(length: int, limit: int) -> tuple[int, int]:
    """The shape in which a text of `length` tokens is embedded: padded length, rows.

    It follows from the text alone, whatever else is embedded with it.
    """
    padded = min(-(-length // _LENGTH_STEP) * _LENGTH_STEP, limit)
    return padded, max(1, _TOKENS_PER_BATCH // padded)


def _batches(lengths: list[int], limit: int) -> Iterator[tuple[int, int, list[int]]]:
    """Padded length, rows, and the places of at most so many texts; longest first."""

    def shape(place: int) -> tuple[int, int]:
        return _shape(lengths[place], limit)

    order = sorted(range(len(lengths)), key=lambda place: (shape(place), place), reverse=True)
    for (padded, rows), group in groupby(order, key=shape):
        places = list(group)
        for start in range(0, len(places), rows):
            yield padded, rows, places[start : start + rows]


def _unit_length(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    found: NDArray[np.float32] = vectors / np.maximum(norms, np.float32(1e-12))
    return found


def _model_files(folder: Path, patterns: Sequence[str] = _MODEL_FILES) -> Iterator[Path]:
    for pattern in patterns:
        for path in folder.rglob(pattern):
            parts = path.relative_to(folder).parts
            if not any(part in _OTHER_FORMATS or part.startswith(".") for part in parts):
                yield path


def _fingerprint(folder: Path, prompts: Prompts, precision: str) -> str:
    digest = hashlib.sha256(repr((astuple(prompts), precision)).encode())
    for path in sorted(_model_files(folder)):
        digest.update(path.relative_to(folder).as_posix().encode())
        with path.open("rb") as stream:
            digest.update(hashlib.file_digest(stream, "sha256").digest())
    return digest.hexdigest()[:32]
