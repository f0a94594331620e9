"""Parts of the offline archive: what is asked for, digests, the list of contents, licences, installer."""

from __future__ import annotations

import hashlib
import io
import json
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path
from zipfile import ZipFile

import pytest

from deploy.bundle import pack
from deploy.sbom import bill, licences
from deploy.wheels import LEFT_OUT, ROOT, read_wheel, requirements, roots


def _wheel(
    folder: Path, name: str, version: str, tag: str = "py3-none-any", extra: str = "", licence: str = ""
) -> Path:
    path = folder / f"{name.replace('-', '_')}-{version}-{tag}.whl"
    metadata = f"Metadata-Version: 2.4\nName: {name}\nVersion: {version}\n{extra}\n"
    with ZipFile(path, "w") as archive:
        info = f"{name.replace('-', '_')}-{version}.dist-info"
        archive.writestr(f"{info}/METADATA", metadata)
        if licence:
            archive.writestr(f"{info}/licenses/LICENSE", licence)
    return path


def test_serving_asks_for_everything_but_what_other_encoders_need() -> None:
    asked = roots()
    names = [re.split(r"[<>=!~ \[;]", line)[0] for line in asked]
    assert set(names).isdisjoint(LEFT_OUT)
    assert {"faiss-cpu", "onnxruntime", "gradio", "fastapi", "tokenizers"} <= set(names)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert len(asked) == len(project["dependencies"]) - len(LEFT_OUT)


def test_serving_and_asking_import_nothing_that_is_left_out(bundled_index: Path) -> None:
    code = (
        "import sys\n"
        "class Without:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] in ('torch', 'sentence_transformers', 'transformers'):\n"
        "            raise ModuleNotFoundError(name, name=name)\n"
        "sys.meta_path.insert(0, Without())\n"
        "from pathlib import Path\n"
        "import ui, index.__main__\n"
        "from qa.site import Site\n"
        "site = Site(Path(sys.argv[1]), Path(sys.argv[2]))\n"
        "ui.create_page(site)\n"
        "print(site.assistant.ask('2022年全县生产总值是多少？').answer)\n"
        "index.__main__.main(['build', 'tests/data/report-county.txt', '--out', sys.argv[2] + '/new'])\n"
    )
    data = bundled_index.parent / "data"
    done = subprocess.run(
        [sys.executable, "-c", code, str(bundled_index), str(data)], cwd=ROOT, capture_output=True, text=True
    )
    assert done.stdout.splitlines()[0] == "332.63亿元", done.stderr
    assert (data / "new" / "manifest.json").is_file()


def test_wheels_are_read_and_pinned_by_digest(tmp_path: Path) -> None:
    one = _wheel(tmp_path, "Some.Thing", "1.2", "cp311-cp311-manylinux_2_27_x86_64.manylinux_2_28_x86_64")
    two = _wheel(tmp_path, "old", "0.1", "cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64")
    wheels = [read_wheel(one), read_wheel(two)]
    assert [(w.name, w.version, w.glibc) for w in wheels] == [("some-thing", "1.2", 27), ("old", "0.1", 17)]
    digests = [hashlib.sha256(path.read_bytes()).hexdigest() for path in (one, two)]
    assert requirements(wheels) == f"some-thing==1.2 --hash=sha256:{digests[0]}\nold==0.1 --hash=sha256:{digests[1]}\n"


@pytest.mark.parametrize(
    ("extra", "licence"),
    [
        ("License-Expression: MIT OR Apache-2.0", "MIT OR Apache-2.0"),
        ("License: BSD", "BSD"),
        ("Classifier: License :: OSI Approved :: MIT License", "MIT License"),
        ("", ""),
    ],
)
def test_a_licence_is_taken_from_where_it_stands(tmp_path: Path, extra: str, licence: str) -> None:
    assert read_wheel(_wheel(tmp_path, "a", "1", extra=extra)).licence == licence


def test_the_list_of_contents(tmp_path: Path) -> None:
    paths = [
        _wheel(tmp_path, "wenbao", "3", extra="Requires-Dist: some-thing>=1\nRequires-Dist: torch"),
        _wheel(tmp_path, "some-thing", "1", extra="License-Expression: MIT\nRequires-Dist: old; extra == 'x'"),
        _wheel(tmp_path, "old", "2"),
    ]
    wheels = [read_wheel(path) for path in paths]
    model = tmp_path / "qa" / "model"
    model.mkdir(parents=True)
    (model / "README.md").write_text("---\nlicense: cc-by-sa-4.0\nbase_model: some/base\n---\n")
    (model / "model.onnx").write_bytes(b"weights")
    told = bill(wheels, [model], "wenbao")
    assert (told["bomFormat"], told["specVersion"]) == ("CycloneDX", "1.6")
    assert told["metadata"]["component"]["purl"] == "pkg:pypi/wenbao@3"
    assert [c["bom-ref"] for c in told["components"]] == ["pkg:pypi/some-thing@1", "pkg:pypi/old@2", "qa/model"]
    assert told["components"][2]["components"] == [
        {
            "type": "file",
            "name": "qa/model/model.onnx",
            "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(b"weights").hexdigest()}],
        }
    ]
    assert told["components"][2]["licenses"] == [{"license": {"name": "cc-by-sa-4.0"}}]
    assert told["dependencies"] == [
        {"ref": "pkg:pypi/wenbao@3", "dependsOn": ["pkg:pypi/some-thing@1"]},
        {"ref": "pkg:pypi/some-thing@1", "dependsOn": ["pkg:pypi/old@2"]},
        {"ref": "pkg:pypi/old@2", "dependsOn": []},
    ]
    assert bill(wheels, [model], "wenbao") == told


def test_licences_lie_beside(tmp_path: Path) -> None:
    wheels = [
        read_wheel(_wheel(tmp_path, "with", "1", licence="the text")),
        read_wheel(_wheel(tmp_path, "without", "1", extra="License: BSD")),
    ]
    assert licences(wheels, tmp_path / "out") == ["without"]
    assert (tmp_path / "out" / "with" / "licenses-LICENSE").read_text() == "the text"
    assert (tmp_path / "out" / "LIST.txt").read_text() == "with 1: see its page\nwithout 1: BSD\n"


def test_the_same_files_give_the_same_archive(tmp_path: Path) -> None:
    digests = []
    for name in ("first", "second"):
        stage = tmp_path / name / "wenbao-1"
        (stage / "wheels").mkdir(parents=True)
        (stage / "wheels" / "a.whl").write_bytes(b"a")
        (stage / "install.sh").write_text("#!/bin/sh\n")
        (stage / "install.sh").chmod(0o755)
        archive = pack(stage, tmp_path / f"{name}.tar")
        digests.append(hashlib.sha256(archive.read_bytes()).hexdigest())
    assert digests[0] == digests[1]
    with tarfile.open(tmp_path / "first.tar") as tar:
        assert {(m.name, m.mode, m.uid) for m in tar} == {
            ("wenbao-1/install.sh", 0o755, 0), ("wenbao-1/wheels/a.whl", 0o644, 0),
        }  # fmt: skip


def test_our_own_wheel_holds_what_the_packages_need(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    unused = shutil.ignore_patterns("__pycache__", "training", "baseline")
    for name in ("index", "qa", "eval"):
        shutil.copytree(ROOT / name, source / name, ignore=unused)
    for name in ("pyproject.toml", "README.md", "LICENSE", "NOTICE", "ui.py"):
        shutil.copyfile(ROOT / name, source / name)
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", str(tmp_path)]
    subprocess.run([*command, str(source)], check=True, capture_output=True)
    (path,) = tmp_path.glob("wenbao-*.whl")
    with ZipFile(path) as archive:
        packed = set(archive.namelist())
    files = {p.relative_to(source).as_posix() for name in ("index", "qa", "eval") for p in (source / name).rglob("*")}
    needed = {f for f in files if (source / f).is_file() and f != "eval/README.md"} | {"ui.py"}
    assert needed - packed == set()
    assert any(name.endswith("qa/model/model.onnx") for name in packed)


def _installer(folder: Path, **values: str) -> Path:
    text = (ROOT / "deploy" / "install.sh").read_text(encoding="utf-8")
    marks = {"PYTHON": ".".join(map(str, sys.version_info[:2])), "GLIBC": "1", "VERSION": "0", **values}
    marks = {"SYSTEM": platform.system(), "MACHINE": platform.machine(), **marks}
    for name, value in marks.items():
        text = text.replace(f"@{name}@", value)
    assert re.findall(r"@[A-Z]+@", text) == []
    script = folder / "install.sh"
    script.write_text(text, encoding="utf-8")
    script.chmod(0o755)
    return script


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"PYTHON": "3.99"}, "no python3.99; wanted CPython 3.99."),
        ({"MACHINE": "abacus"}, "abacus, for which the wheels are"),
        ({"GLIBC": "999"}, "wanted 2.999 or newer"),
        ({}, "a file of the bundle is damaged or missing"),
    ],
)
def test_the_installer_refuses_in_one_line(tmp_path: Path, values: dict[str, str], said: str) -> None:
    script = _installer(tmp_path, **values)
    (tmp_path / "wheel").write_bytes(b"changed on the way")
    (tmp_path / "SHA256SUMS").write_text(f"{'0' * 64}  wheel\n")
    environment = (
        {"PATH": "/usr/bin:/bin"} if "PYTHON" in values else {"PATH": "/usr/bin:/bin", "PYTHON": sys.executable}
    )
    done = subprocess.run(
        [str(script), str(tmp_path / "opt"), str(tmp_path / "data")], capture_output=True, text=True, env=environment
    )
    assert done.returncode == 2
    assert said in done.stderr.splitlines()[-1]
    assert not (tmp_path / "opt").exists()
    assert not (tmp_path / "data").exists()


def test_the_scripts_are_sound() -> None:
    subprocess.run(["sh", "-n", str(ROOT / "deploy" / "install.sh")], check=True)


def test_the_unit_and_the_image_start_the_server_with_options_it_has() -> None:
    """The words after `ui` in the unit, the image and the composition, against the server's own parser."""
    unit = (ROOT / "deploy" / "wenbao.service").read_text(encoding="utf-8")
    image = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
    composed = (ROOT / "deploy" / "compose.yaml").read_text(encoding="utf-8")
    (line,) = re.findall(r"^ExecStart=.* -m ui (.*) \$WENBAO_OPTIONS$", unit, re.M)
    words = [line.split(), json.loads(re.findall(r"^CMD (\[.*\])$", image, re.M)[-1])[1:]]
    words.append(re.findall(r"^      (?:# )?- (--.*)$", composed, re.M))
    help_text = subprocess.run(
        [sys.executable, "ui.py", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    for options in words:
        names = [word.split("=")[0] for word in options if word.startswith("--")]
        assert len(names) >= 4
        assert [name for name in names if not re.search(rf"(?<![\w-]){name}(?![\w-])", help_text)] == []


def test_the_composition_points_its_proxy_at_the_server() -> None:
    composed = (ROOT / "deploy" / "compose.yaml").read_text(encoding="utf-8")
    (edit,) = re.findall(r"^ +- (sed '.*') /wenbao.conf >", composed, re.M)
    text = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    done = subprocess.run(["sh", "-c", edit], input=text, capture_output=True, text=True, check=True)
    assert re.findall(r"^    server (\S+);$", done.stdout, re.M) == ["wenbao:7860"]
    assert re.search(r"^  wenbao:$", composed, re.M)
    assert done.stdout.replace("wenbao:7860", "127.0.0.1:7860") == text


def test_a_card_names_its_licence() -> None:
    """The real cards: what the list of contents takes from them."""
    for folder in (ROOT / "index" / "model", ROOT / "qa" / "model"):
        text = (folder / "README.md").read_text(encoding="utf-8")
        assert re.search(r"^license: \S", text, re.M)
        assert io.StringIO(text).readline() == "---\n"
