"""The checks of a machine and an installation: whole ones pass, and each kind of damage is named with its remedy."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from qa import host, installed
from qa.doctor import examine
from qa.finding import Finding
from qa.ledger.book import open_ledger

ROOT = Path(__file__).parents[1]
NAMES = [
    "python", "encoding", "libraries", "sqlite", "memory", "disk", "weights", "index", "record", "access", "address",
    "environment", "calls", "fonts",
]  # fmt: skip


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_a_whole_installation_passes(county_index: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    open_ledger(data / "wenbao.sqlite").close()
    command = [
        sys.executable, "-m", "qa", "doctor", "--index", str(county_index), "--data", str(data),
        "--port", str(_free_port()), "--json",
    ]  # fmt: skip
    environment = {n: v for n, v in os.environ.items() if not n.lower().endswith("_proxy")}
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=environment)
    assert done.stderr == ""
    told = json.loads(done.stdout)
    assert [check["name"] for check in told["checks"]] == NAMES
    # Fonts and memory are the machine's; the rest is ours.
    unwell = [c for c in told["checks"] if c["status"] != "ok" and c["name"] not in ("fonts", "memory", "disk")]
    assert unwell == []
    assert (done.returncode, told["ok"]) == (0, True)


def test_a_missing_index_fails_and_says_what_to_do(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "qa", "doctor", "--index", str(tmp_path / "no"), "--data", str(tmp_path)]
    done = subprocess.run([*command, "--port", str(_free_port())], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    lines = [line for line in done.stdout.splitlines() if line.startswith("fail")]
    assert len(lines) == 1
    assert lines[0].startswith("fail index: no index in")
    assert "-> Build one: python -m index build PATH" in lines[0]


def test_a_damaged_index_is_found(county_index: Path) -> None:
    assert installed.the_index(county_index).status == "ok"
    file = next(county_index.rglob("passages.jsonl"))
    file.write_bytes(file.read_bytes()[:-1] + b" ")
    found = installed.the_index(county_index)
    assert (found.status, found.name) == ("fail", "index")
    assert "passages.jsonl" in found.found


def test_an_index_of_other_weights_is_found(county_index: Path) -> None:
    manifest = county_index / "manifest.json"
    told = json.loads(manifest.read_text(encoding="utf-8"))
    told["encoder"]["digest"] = "0" * 64
    manifest.write_text(json.dumps(told), encoding="utf-8")
    found = installed.the_index(county_index)
    assert found.status == "fail"
    assert "was built with encoder" in found.found
    assert "python -m index build" in found.remedy


def test_a_damaged_record_is_found(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "wenbao.sqlite") as database:
        database.execute("CREATE TABLE a (b TEXT)")
        database.executemany("INSERT INTO a VALUES (?)", [("字" * 500,)] * 200)
    database.close()
    assert installed.ledger(tmp_path).status == "ok"
    whole = (tmp_path / "wenbao.sqlite").read_bytes()
    (tmp_path / "wenbao.sqlite").write_bytes(whole[:8192] + b"\xff" * 8192 + whole[16384:])
    assert installed.ledger(tmp_path).status == "fail"
    (tmp_path / "wenbao.sqlite").write_bytes(b"no database at all" * 100)
    assert installed.ledger(tmp_path).status == "fail"


def test_a_register_that_others_may_read_is_found(tmp_path: Path) -> None:
    assert installed.register(tmp_path).status == "ok"
    register = tmp_path / "access.json"
    register.write_text("{}")
    register.chmod(0o644)
    assert installed.register(tmp_path) == Finding(
        "access", "fail", f"{register} can be read by others (mode 644)", f"chmod 600 {register}"
    )
    register.chmod(0o600)
    assert installed.register(tmp_path).status == "ok"


def test_an_address_that_another_program_holds_is_found() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        found = host.address("127.0.0.1", port)
    assert found == Finding(
        "address", "fail", f"127.0.0.1:{port} is held by another program", "Stop it, or choose another --port."
    )
    assert host.address("127.0.0.1", port).status == "ok"
    assert host.address("203.0.113.7", port).status == "fail"  # an address that no machine here has


@pytest.mark.parametrize(
    ("environment", "status"),
    [
        ({}, "ok"),
        ({"GRADIO_ANALYTICS_ENABLED": "True"}, "fail"),
        ({"HF_HUB_OFFLINE": "0"}, "fail"),
        ({"GRADIO_ANALYTICS_ENABLED": "False", "HF_HUB_OFFLINE": "1"}, "ok"),
        ({"https_proxy": "http://proxy:3128"}, "warn"),
        ({"HTTPS_PROXY": ""}, "ok"),
    ],
)
def test_variables_that_make_a_library_call_out(environment: dict[str, str], status: str) -> None:
    assert host.settings(environment).status == status


def test_a_call_to_elsewhere_is_noticed() -> None:
    """The watching itself: names and addresses beyond loopback are seen, loopback and files are not."""
    with installed._watched() as seen:
        for place in ("localhost", "127.0.0.1"):
            socket.getaddrinfo(place, 80)
        with socket.create_server(("127.0.0.1", 0)) as listener, socket.socket() as one:
            one.connect(listener.getsockname())
        assert seen == []
        with pytest.raises(socket.gaierror):
            socket.getaddrinfo("nowhere.invalid", 443, flags=socket.AI_NUMERICHOST)
    assert seen == ["nowhere.invalid"]


def test_missing_and_strange_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    assert host.libraries().status == "ok"
    assert host.libraries("no-such-project").status == "fail"
    monkeypatch.setattr(host, "requires", lambda _: ["numpy<1", "torch>=2", "pip"])
    found = host.libraries()
    assert found.status == "warn"
    assert "(wanted <1)" in found.found
    monkeypatch.setattr(host, "requires", lambda _: ["no-such-library>=1"])
    assert host.libraries().found == "missing: no-such-library"


def test_a_check_that_breaks_is_a_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Finding:
        raise RuntimeError("no such device")

    monkeypatch.setattr(host, "memory", broken)
    found = {one.name: one for one in examine(tmp_path / "i", tmp_path, "127.0.0.1", _free_port())}
    assert list(found) == NAMES
    assert found["memory"].status == "fail"
    assert "RuntimeError: no such device" in found["memory"].found
