"""Goes on answering while no file may grow any more, then may again; tells what the ledger said of each row.

`python ledger_on_full_disk.py FILE BYTES`: one line of JSON on standard output.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

from qa.ledger import Unwritten, open_ledger

ANSWER = {"refused": False, "answer": "x" * 4000, "citations": [], "latency_ms": 1.0}

if __name__ == "__main__":
    ledger = open_ledger(Path(sys.argv[1]))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), limits[1]))
    said = {}
    slowest = 0.0
    for number in range(300):
        begun = time.monotonic()
        said[f"r{number}"] = ledger.audit.record(f"r{number}", "问题", ANSWER)
        slowest = max(slowest, time.monotonic() - begun)
    kept = [name for name, well in said.items() if well]
    begun_again = ledger.conversations.add_turn("", "问题", ANSWER, owner="甲")
    try:
        ledger.feedback.give(kept[0], True)
        refused = False
    except Unwritten:
        refused = True
    lost = ledger.audit.counts.lost
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    after = ledger.audit.record("after", "问题", ANSWER)
    ledger.close()
    told = {"kept": kept, "lost": lost, "after": after, "slowest": slowest, "feedback_refused": refused}
    print(json.dumps({**told, "conversation": bool(begun_again)}))
