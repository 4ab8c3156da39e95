"""A `Reader` over ONNX Runtime: the only module that imports it.

The file is checked before it is run: its name holds the first digits of its checksum, and it names
the word vectors that it was trained with.
"""

from __future__ import annotations

import hashlib
import math
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from index.errors import ModelError
from index.reading.inputs import Input, Vocabulary, inputs, open_vocabulary
from index.reading.pointing import answers, odds
from index.reading.reader import Page, Reading
from index.reading.word_table import fingerprint, open_words

FORMAT_VERSION = "2"
"""What a file tells of itself as `version`."""
ANSWERS = 5
"""How many answers a reading points to."""

# Odds far apart say no more than those a little less so: the highest logit, and the odds over which
# it grows in a line.
HIGHEST, EVEN = 3.0, 6.0

_HELP = "请换成与这里相符的文件，或设置 YOUJU_READER=off 不用阅读器。"


class OnnxReader:
    """A `Reader` over a file that `scripts/train_reader` exported."""

    def __init__(
        self,
        session: onnxruntime.InferenceSession,
        vocabulary: Vocabulary,
        words: NDArray[Any],
        fingerprint: str,
    ) -> None:
        self._session = session
        self._vocabulary = vocabulary
        self._words = words
        self.fingerprint = fingerprint
        # A page to a core is twice as fast as all cores on all pages.
        self._pool = ThreadPoolExecutor(_cores(), "youju-reader")

    def read(self, question: str, pages: Sequence[Page]) -> list[Reading]:
        """See `Reader`."""
        return list(self._pool.map(self._read, inputs(question, pages, self._vocabulary)))

    def _read(self, shown: Input) -> Reading:
        """One page alone: activations of 8 bits make of a page what depends on those beside it."""
        vectors = self._words[[shown.ids]].astype(np.float32)
        spans = self._session.run(["spans"], {"embeddings": vectors})[0][0]
        likely = HIGHEST * math.tanh(odds(shown, spans) / EVEN)
        return Reading(likely, answers(shown, spans, ANSWERS))


def open_reader(path: Path, model_folder: Path, checksum: str | None = None) -> OnnxReader:
    """The reader of a file, with the words and pieces of the model that it was trained with.

    `checksum` is what the file's SHA-256 begins with. Raises ModelError.
    """
    data = _checked(path, checksum)
    try:
        session = open_session(data)
        told = session.get_modelmeta().custom_metadata_map
        version = told["version"]
        # Another version may tell other things.
        if version == FORMAT_VERSION:
            wanted, limit = told["embedding_model"], int(told["token_limit"])
    except Exception as error:  # the runtime's errors have no common root
        raise ModelError(f"{path} 不是可用的阅读器：{error!r}。{_HELP}") from error
    if version != FORMAT_VERSION:
        raise ModelError(
            f"{path} 的格式是第 {version} 版，这个程序只认第 {FORMAT_VERSION} 版。{_HELP}"
        )
    words, vocabulary = open_words(model_folder), open_vocabulary(model_folder, limit)
    found = fingerprint(words, vocabulary.tokenizer.get_vocab())
    if found != wanted:
        raise ModelError(f"{path} 是用别的向量模型（{wanted}）训练的，这里的是 {found}。{_HELP}")
    return OnnxReader(session, vocabulary, words, hashlib.sha256(data).hexdigest()[:32])


def _checked(path: Path, checksum: str | None) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ModelError(f"读不到阅读器的文件 {path}：{error}。{_HELP}") from error
    if checksum is not None and not hashlib.sha256(data).hexdigest().startswith(checksum):
        raise ModelError(
            f"阅读器的文件 {path} 已损坏（校验和不符），请重新取得这个文件，"
            f"或设置 YOUJU_READER=off 不用阅读器。"
        )
    return data


def open_session(data: bytes) -> onnxruntime.InferenceSession:
    """The model of a file's bytes, each run of which takes one core."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(
        data,
        options,
        providers=["CPUExecutionProvider"],
        # What it puts in the place of an addition and a norm takes ten times as long.
        disabled_optimizers=["SkipLayerNormFusion"],
    )


def _cores() -> int:
    """Those that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
