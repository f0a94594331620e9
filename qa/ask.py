"""`python -m qa ask "QUESTION"`: one answer on standard output, as text or as the answer object.

Knows the assistant and how an answer is written down; it must not know the other commands.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from qa.assistant import open_assistant
from qa.render import to_text


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("question", metavar="QUESTION")
    parser.add_argument(
        "--history", action="append", default=[], metavar="EARLIER", help="earlier questions, oldest first"
    )
    parser.add_argument("--document", action="append", default=[], metavar="ID", help="ask this document only")
    parser.add_argument("--index", type=Path, default=Path("data/index"), metavar="DIR")
    parser.add_argument("--model", help="the encoder's name or folder, where the index was built with another")
    parser.add_argument("--json", action="store_true", help="print the answer object")


def main(options: argparse.Namespace) -> int:
    """0 when it answered or refused."""
    assistant = open_assistant(options.index, options.model)
    answer = assistant.ask(options.question, options.history, options.document)
    print(json.dumps(answer.to_json(), ensure_ascii=False) if options.json else to_text(answer))
    return 0
