"""A generation is whole, or it is refused with an error that names what is wrong."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from index import generation
from index.errors import IndexDamaged, IndexMismatch, IndexMissing
from index.generation import Manifest
from index.types import FileCode, FileNotice, IndexSettings

MANIFEST = Manifest(
    version="20240501-083000-000001-abcdef01",
    built_at=datetime(2024, 5, 1, 8, 30, 0, 1, UTC),
    fingerprint="f" * 64,
    settings=IndexSettings(question_prompt="问：", max_chars=99),
    encoder="0123456789abcdef",
    dimensions=4,
    background=(0.123456789, 1e-3),
    documents=2,
    passages=3,
    skipped=(FileNotice("坏.pdf", FileCode.UNSUPPORTED, "不支持"),),
    remarks=(FileNotice("重.txt", FileCode.DUPLICATE, "相同"),),
    files={},
)


def write_generation(data: Path) -> Path:
    """Publish a generation of two files; its folder."""
    building = generation.building_folder(data)
    (building / "lexical").mkdir()
    (building / "records.sqlite").write_bytes(b"records")
    (building / "lexical" / "words.npy").write_bytes(b"words")
    fields = {name: getattr(MANIFEST, name) for name in Manifest.__slots__}
    manifest = Manifest(**{**fields, "files": generation.checksums(building)})
    generation.write_manifest(building, manifest)
    return generation.publish(data, building, manifest.version)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_generation(tmp_path)


def test_a_manifest_comes_back_as_it_was_written(folder: Path) -> None:
    manifest = generation.read_manifest(folder)
    assert list(manifest.files) == ["lexical/words.npy", "records.sqlite"]
    fields = {name: getattr(manifest, name) for name in Manifest.__slots__}
    assert Manifest(**{**fields, "files": {}}) == MANIFEST
    generation.verify(folder, manifest)


def test_publishing_points_at_the_folder_and_leaves_nothing_else(
    tmp_path: Path, folder: Path
) -> None:
    assert generation.current_folder(tmp_path) == folder
    assert generation.current_version(tmp_path) == MANIFEST.version
    assert sorted(path.name for path in tmp_path.iterdir()) == ["CURRENT", "generations"]
    assert [path.name for path in folder.parent.iterdir()] == [MANIFEST.version]


def test_nothing_published_is_said_as_such(tmp_path: Path) -> None:
    assert generation.current_version(tmp_path) is None
    with pytest.raises(IndexMissing, match="还没有索引，请先运行 scripts/rebuild_index"):
        generation.current_folder(tmp_path)


@pytest.mark.parametrize(
    "pointer",
    [
        *(b"", b"\n", b"../../x", b"..", b".", b"/etc", b"a/b", b"a/", b".building"),
        *("索引".encode(), b"\xff\xfe", b"../generations/" + MANIFEST.version.encode()),
    ],
)
def test_a_pointer_that_is_no_name_leads_nowhere(
    tmp_path: Path, folder: Path, pointer: bytes
) -> None:
    (tmp_path / "CURRENT").write_bytes(pointer)
    with pytest.raises(IndexDamaged, match=r"CURRENT 已损坏，请运行 scripts/rebuild_index"):
        generation.current_folder(tmp_path)


@pytest.mark.parametrize("name", ["gone", "a\0b", "x" * 300])
def test_a_pointer_to_a_generation_that_is_not_there_is_damage(tmp_path: Path, name: str) -> None:
    (tmp_path / "CURRENT").write_text(name)
    with pytest.raises(IndexDamaged, match=r"manifest\.json 缺失或已损坏"):
        generation.read_manifest(generation.current_folder(tmp_path))


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'"text"', b"null", b"1", b"{}", b'{"format": 2}', b"\xff\xfe", b"\0" * 99],
)
def test_a_manifest_that_is_no_manifest_is_refused_by_name(folder: Path, content: bytes) -> None:
    (folder / generation.MANIFEST).write_bytes(content)
    with pytest.raises(IndexDamaged, match=rf"{MANIFEST.version} 的 manifest\.json 缺失或已损坏"):
        generation.read_manifest(folder)


def test_every_single_changed_byte_of_a_manifest_is_noticed(folder: Path) -> None:
    path = folder / generation.MANIFEST
    whole = path.read_bytes()
    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 1
        path.write_bytes(changed)
        with pytest.raises((IndexDamaged, IndexMismatch), match="请运行 scripts/rebuild_index"):
            generation.read_manifest(folder)


@pytest.mark.parametrize("number", [0, 1, "2", None])
def test_another_format_is_named_with_the_one_that_is_needed(folder: Path, number: object) -> None:
    path = folder / generation.MANIFEST
    path.write_text(json.dumps({**json.loads(path.read_text()), "format": number}))
    with pytest.raises(IndexMismatch, match=f"格式版本是 {number}，本程序需要 2，请运行"):
        generation.read_manifest(folder)


@pytest.mark.parametrize("name", ["records.sqlite", "lexical/words.npy"])
def test_each_file_that_is_not_as_written_is_named(folder: Path, name: str) -> None:
    manifest = generation.read_manifest(folder)
    path = folder / name
    whole = path.read_bytes()
    for damaged in (whole[:-1], bytes([whole[0] ^ 1]) + whole[1:], b"", whole + b"\0"):
        path.write_bytes(damaged)
        with pytest.raises(IndexDamaged, match=f"文件 {name} 校验和不符"):
            generation.verify(folder, manifest)
    path.unlink()
    with pytest.raises(IndexDamaged, match=f"缺少文件 {name}"):
        generation.verify(folder, manifest)
    path.mkdir()
    with pytest.raises(IndexDamaged, match=f"缺少文件 {name}"):
        generation.verify(folder, manifest)


def test_another_model_is_refused_with_both_names() -> None:
    generation.check_encoder(MANIFEST, MANIFEST.encoder, "default")
    with pytest.raises(IndexMismatch, match="由模型 default 建立，与当前模型 bge（"):
        generation.check_encoder(MANIFEST, "another", "bge")


def test_a_new_building_folder_holds_nothing_of_a_killed_build(tmp_path: Path) -> None:
    first = generation.building_folder(tmp_path)
    (first / "half").write_text("written")
    assert list(generation.building_folder(tmp_path).iterdir()) == []


def test_old_generations_go_and_those_to_keep_stay(tmp_path: Path, folder: Path) -> None:
    for name in ("older", "oldest", ".building"):
        shutil.copytree(folder, folder.with_name(name))
    generation.remove_old(tmp_path, {folder.name, "older"})
    assert {path.name for path in folder.parent.iterdir()} == {folder.name, "older"}


def test_the_recipe_is_of_code_and_rules() -> None:
    assert generation.recipe() == generation.recipe()
    assert len(generation.recipe()) == 64
