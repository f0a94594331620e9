"""`python -m qa ask "QUESTION"`: one answer on standard output, as text or as the answer object."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from index.errors import UserError
from qa.assistant import open_assistant
from qa.render import to_text


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 0 when it answered or refused, 2 for a mistake."""
    parser = argparse.ArgumentParser(prog="python -m qa", description="Ask the reports of an index.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    ask = commands.add_parser("ask", help="answer one question", description="Answer one question.")
    ask.add_argument("question", metavar="QUESTION")
    ask.add_argument(
        "--history", action="append", default=[], metavar="EARLIER", help="earlier questions, oldest first"
    )
    ask.add_argument("--document", action="append", default=[], metavar="ID", help="ask this document only")
    ask.add_argument("--index", type=Path, default=Path("data/index"), metavar="DIR")
    ask.add_argument("--model", help="the encoder's name or folder, where the index was built with another")
    ask.add_argument("--json", action="store_true", help="print the answer object")
    options = parser.parse_args(arguments)
    try:
        assistant = open_assistant(options.index, options.model)
        answer = assistant.ask(options.question, options.history, options.document)
    except UserError as error:
        print(f"qa: {error}", file=sys.stderr)
        return 2
    print(json.dumps(answer.to_json(), ensure_ascii=False) if options.json else to_text(answer))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
