"""A packed model written out as a sentence-transformers folder.

The folder is a model like any other, so that the default one needs no code of its own at query
time. A receipt of the files' sizes tells a whole folder from one that was cut short.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from index.encoding.packed_model import Header, PackedModel, unpack, weight_layout
from index.encoding.unigram_tokenizer import build_tokenizer

PROMPTS = {"query": "query: ", "passage": "passage: "}

_RECEIPT = "decoded.json"


def write_folder(model: PackedModel, folder: Path) -> None:
    """Write a complete sentence-transformers folder, and flush every file to the disk."""
    from safetensors.numpy import save_file

    for name, content in _json_files(model).items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(json.dumps(content, indent=2), encoding="utf-8")
    build_tokenizer(model).save(str(folder / "tokenizer.json"))
    tensors = {
        target: unpack(model, name).reshape(shape)
        for target, (name, shape) in weight_layout(model.header).items()
    }
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    _write_receipt(folder)


def is_complete(folder: Path) -> bool:
    """Whether each file of the folder's receipt is there in its full size."""
    try:
        sizes = json.loads((folder / _RECEIPT).read_text(encoding="utf-8"))
        return all((folder / name).stat().st_size == size for name, size in sizes.items())
    except (OSError, ValueError, AttributeError):
        return False


def _write_receipt(folder: Path) -> None:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    sizes = {path.relative_to(folder).as_posix(): path.stat().st_size for path in files}
    receipt = folder / _RECEIPT
    receipt.write_text(json.dumps(sizes, indent=2), encoding="utf-8")
    for path in [*files, receipt]:
        # safetensors writes for the owner only; a service may run as another user.
        path.chmod(0o644)
        with path.open("rb+") as stream:
            os.fsync(stream.fileno())


def _json_files(model: PackedModel) -> dict[str, Any]:
    hidden = model.header.hidden
    return {
        "config.json": _config(model.header),
        "tokenizer_config.json": _tokenizer_config(model),
        "modules.json": _modules(),
        # The file has no pooler, and mean pooling needs none.
        "sentence_bert_config.json": {"model_args": {"add_pooling_layer": False}},
        "config_sentence_transformers.json": {
            "model_type": "SentenceTransformer",
            "prompts": PROMPTS,
            "similarity_fn_name": "cosine",
        },
        "1_Pooling/config.json": {"embedding_dimension": hidden, "pooling_mode": "mean"},
        "2_Normalize/config.json": {},
    }


def _config(header: Header) -> dict[str, Any]:
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_size": header.hidden,
        "num_hidden_layers": header.layers,
        "num_attention_heads": header.heads,
        "intermediate_size": header.intermediate,
        "hidden_act": "gelu",
        "vocab_size": header.vocabulary,
        "max_position_embeddings": header.positions,
        "type_vocab_size": header.types,
        "layer_norm_eps": float(f"{header.epsilon:.3g}"),
        "bos_token_id": header.bos,
        "eos_token_id": header.eos,
        "pad_token_id": header.pad,
        "dtype": "float32",
    }


def _tokenizer_config(model: PackedModel) -> dict[str, Any]:
    header = model.header
    name = {index: model.pieces[index][0] for index in (header.bos, header.eos, header.pad)}
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": header.positions,
        "bos_token": name[header.bos],
        "cls_token": name[header.bos],
        "eos_token": name[header.eos],
        "sep_token": name[header.eos],
        "pad_token": name[header.pad],
        "unk_token": model.pieces[header.unk][0],
        "mask_token": "<mask>",
        "clean_up_tokenization_spaces": False,
    }


def _modules() -> list[dict[str, Any]]:
    kinds = [("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")]
    return [
        {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for i, (path, kind) in enumerate(kinds)
    ]
