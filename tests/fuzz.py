"""`python tests/fuzz.py [--seconds N]`: schemathesis over the whole HTTP interface of the real server.

Once as it runs on a machine of one's own, and once guarded, with a keeper's key. Each run takes half of the time, on
an index of its own that may be changed at will. Exit status 1 where a reply is a defect (5xx) or not as described.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from running import ROOT, running

REPORTS = (ROOT / "index" / "reports", ROOT / "tests" / "data" / "report-county.txt")


def main() -> int:
    """0 where both servers did as they say."""
    parser = argparse.ArgumentParser(description="Random requests against the real server, by its own description.")
    parser.add_argument("--seconds", type=int, default=600, help="of both runs together (default 600)")
    parser.add_argument("--seed", type=int, help="the seed that an earlier run told")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="fuzz-") as name:
        found = [_run(Path(name) / kind, kind == "guarded", options) for kind in ("open", "guarded")]
    return max(found)


def _run(folder: Path, guarded: bool, options: argparse.Namespace) -> int:
    index, data = folder / "index", folder / "data"
    subprocess.run(
        [sys.executable, "-m", "index", "build", *map(str, REPORTS), "--out", str(index)], check=True, cwd=ROOT
    )
    more = ["--header", f"Authorization: Bearer {_key(data / 'access.json')}"] if guarded else []
    with running(index, data, *(["--guarded", "--rate", "0"] if guarded else [])) as server:
        command = [
            str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(ROOT / "tests" / "fuzz.toml"),
            "run", f"{server.address}/api/openapi.json", "--workers", "1", "--max-time", str(options.seconds // 2),
            "--continue-on-failure", *(["--seed", str(options.seed)] if options.seed else []), *more,
        ]  # fmt: skip
        environment = {**os.environ, "SCHEMATHESIS_HOOKS": str(ROOT / "tests" / "fuzz_hooks.py")}
        status = subprocess.run(command, check=False, cwd=folder, env=environment).returncode
        if server.process.poll() is not None:
            print(f"the server ended with {server.process.returncode}", file=sys.stderr)
            status = 1
        defects = [line for line in server.log.read_text(encoding="utf-8").splitlines() if "Traceback" in line]
        print(f"{'guarded' if guarded else 'open'}: status {status}, defects logged: {len(defects)}", file=sys.stderr)
        if defects:
            print(server.log.read_text(encoding="utf-8")[-5000:], file=sys.stderr)
        return 1 if status or defects else 0


def _key(register: Path) -> str:
    register.parent.mkdir(parents=True)
    command = [sys.executable, "-m", "qa", "keys", "add", "fuzz", "--role", "keeper", "--access-file", str(register)]
    told = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout
    return next(word for word in told.split() if word.startswith("wb_"))


if __name__ == "__main__":
    sys.exit(main())
