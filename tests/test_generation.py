"""What an index holds depends on its documents alone: changed in any order, it is what one build makes of them."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from files import COUNTY, PROVINCE
from hypothesis import given, settings
from hypothesis import strategies as st

from index import disk
from index.build import add, remove, settle
from index.generation import State, current, new_state
from index.records import Hit
from index.store import open_index
from index.take import take

NAMES = ["a", "b", "c", "文"]
STEPS = st.lists(st.tuples(st.sampled_from(["put", "drop"]), st.sampled_from(NAMES), st.integers(0, 2)), max_size=6)


@pytest.fixture(scope="module")
def versions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three real reports' openings under each name, all different: `0/a.txt`, `1/a.txt`…"""
    folder = tmp_path_factory.mktemp("versions")
    lines = [line for file in (COUNTY, PROVINCE) for line in file.read_text(encoding="utf-8").splitlines() if line]
    for version in range(3):
        (folder / str(version)).mkdir()
        for at, name in enumerate(NAMES):
            own = lines[(4 * version + at) * 2 :][:2]
            (folder / str(version) / f"{name}.txt").write_text("\n".join(own), encoding="utf-8")
    return folder


def _told(out: Path) -> dict[str, Any]:
    """All that the manifest says but the generation's number: the digests of all files, documents, kinds, versions."""
    return {name: value for name, value in disk.read_manifest(out).items() if name != "generation"}


def _put(out: Path, files: list[Path], state: State) -> None:
    outcome = settle(out, [take(file) for file in files], state)
    assert len(outcome.added) == len(files)


@settings(max_examples=15, deadline=None)
@given(STEPS)
def test_any_sequence_of_changes_gives_the_index_of_its_last_documents(versions: Path, steps: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        stepwise, at_once = Path(folder, "stepwise"), Path(folder, "at-once")
        held = {"a": versions / "0" / "a.txt"}
        with disk.writing(stepwise):
            _put(stepwise, list(held.values()), new_state(None))
            for what, name, version in steps:
                file = versions / str(version) / f"{name}.txt"
                if what == "put":
                    _put(stepwise, [file], current(stepwise))
                    held[name] = file
                elif name in held:
                    state = current(stepwise)
                    state.drop(name)
                    settle(stepwise, [], state)
                    del held[name]
        if held:
            with disk.writing(at_once):
                _put(at_once, list(held.values()), new_state(None))
            assert _told(stepwise) == _told(at_once)
            originals = [sorted(p.name for p in (out / disk.ORIGINALS).iterdir()) for out in (stepwise, at_once)]
            assert originals[0] == originals[1]
        else:
            assert open_index(stepwise).search("目标", 3) == ()
        assert disk.damage(stepwise, disk.read_manifest(stepwise)) == []


def test_added_and_removed_leaves_every_byte_as_it_was(bundled_index: Path) -> None:
    before = _told(bundled_index)
    add([COUNTY.with_name("report-printed.txt"), PROVINCE], bundled_index)
    assert _told(bundled_index) != before
    remove(["report-province", "report-printed"], bundled_index)
    assert _told(bundled_index) == before


def test_documents_that_stay_are_the_same_files(county_index: Path) -> None:
    (before,) = (county_index / "g1" / "documents").iterdir()
    add([PROVINCE], county_index)
    assert (county_index / "g2" / "documents" / before.name).stat().st_ino == before.stat().st_ino
    again = {p.name for p in (county_index / "g2" / "documents").iterdir()} - {before.name}
    add([PROVINCE], county_index)
    assert {p.name for p in (county_index / "g3" / "documents").iterdir()} == {before.name, *again}


def _answers(out: Path) -> list[tuple[Hit, ...]]:
    index = open_index(out)
    return [index.search(question, 20) for question in ("生产总值是多少", "幼儿园学位", "主要预期目标")]


def test_an_index_whose_terms_an_earlier_version_wrote_is_searched_and_taken_on(county_index: Path) -> None:
    """Its folder of terms has a `meta.json` and none of the arrays."""
    before = _answers(county_index)
    manifest = disk.read_manifest(county_index)
    for file in (county_index / "g1" / "lexical").iterdir():
        file.unlink()
        del manifest["files"][f"lexical/{file.name}"]
    (county_index / "g1" / "lexical" / "meta.json").write_text("{}")
    digest = disk.file_digest(county_index / "g1" / "lexical" / "meta.json")
    manifest["files"]["lexical/meta.json"] = {"bytes": 2, "sha256": digest}
    (county_index / disk.MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    assert _answers(county_index) == before
    add([PROVINCE], county_index)
    remove(["report-province"], county_index)
    assert not (county_index / "g3" / "lexical" / "meta.json").exists()
    assert _answers(county_index) == before
