"""The examples of docs/api.md, run as they stand there against a real server."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from serving import serving

from qa.service import create_app
from qa.site import Site

TEXT = (Path(__file__).parents[1] / "docs" / "api.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL)[1:]  # the first names the server


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_every_example_succeeds(bundled_index: Path, tmp_path: Path) -> None:
    assert len(BLOCKS) >= 7
    site = Site(bundled_index, tmp_path / "data")
    outputs = []
    with serving(create_app(site)) as address:
        for block in BLOCKS:
            script = f"set -eu\nSERVER={address}\n{block.replace('/tmp/', f'{tmp_path}/')}"
            done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, timeout=120, check=False)
            assert done.returncode == 0, (block, done.stderr)
            assert '{"error":' not in done.stdout.replace(" ", ""), (block, done.stdout)
            outputs.append(done.stdout)
    assert site.ledger is not None
    site.ledger.close()
    ask, batch, search, feedback, documents, chat, tools = outputs
    assert "28.8%" in ask
    assert [line[:9] for line in batch.splitlines()] == ['{"id": "a', '{"id": "b']
    assert search.count('"score"') == 3
    assert feedback.startswith('{"id":')
    assert [documents.count(f'"{status}"') for status in ("previewed", "added", "replaced")] == [1, 1, 1]
    assert "data: [DONE]" in chat
    assert '"structuredContent"' in tools
