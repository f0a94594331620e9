"""How commands end: status, one line of words on standard error, Chinese in any locale."""

import os
import subprocess
import sys

import pytest

MISTAKE = 'from index.errors import UserError\ndef run(): raise UserError("一", "二", "三")\n'


@pytest.mark.parametrize(
    ("run", "status", "out", "err"),
    [
        ("def run(): print('汉'); return 1\n", 1, "汉\n", ""),
        (MISTAKE, 2, "", "index: 一; wanted 二. 三\n"),
        ("def run(): raise KeyboardInterrupt\n", 130, "", "index: cut off\n"),
    ],
)
def test_a_command_ends(run: str, status: int, out: str, err: str) -> None:
    code = f"from index.ending import ended\n{run}raise SystemExit(ended('index', run, 'cut off'))"
    env = {**os.environ, "PYTHONIOENCODING": "latin-1"}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, check=False)
    assert (done.returncode, done.stdout.decode(), done.stderr.decode()) == (status, out, err)
