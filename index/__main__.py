"""`python -m index`: build, add, remove, watch, list, verify, text. Results go to stdout, messages to stderr."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from pathlib import Path

from index import disk
from index.build import Outcome, add, build, remove
from index.ending import ended
from index.errors import UserError
from index.records import Document
from index.take import Intake, shown
from index.watch import Change, Watch

DEFAULT = Path("data/index")


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 when all went well, 1 when a check found damage or a file was refused, 2 for a mistake."""
    given = sys.argv[1:] if arguments is None else arguments
    options = _parser().parse_args(["watch", *given[1:]] if given[:1] == ["--watch"] else given)
    return ended("index", lambda: int(options.run(options)), "interrupted; an index that was there is whole")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m index", description="Build and keep an index of reports.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, run, what in (
        ("build", _build, "a new index of files or folders, replacing the old one when it is complete"),
        ("add", _add, "add files or folders; a document of the same name is replaced"),
        ("remove", _remove, "remove documents by id"),
        ("watch", _watch, "keep the index in step with a folder until stopped (also: --watch FOLDER)"),
        ("list", _list, "the documents of the index"),
        ("verify", _verify, "check every file of the index and list spots of the sources that could not be restored"),
        ("text", _text, "print the stored text of a document exactly"),
    ):
        command = commands.add_parser(name, help=what, description=what)
        command.set_defaults(run=run)
        command.add_argument("--out", type=Path, default=DEFAULT, help="folder of the index (default: %(default)s)")
        if name in ("build", "add"):
            command.add_argument("paths", type=Path, nargs="+", metavar="PATH")
        if name == "build":
            command.add_argument(
                "--model", help="a sentence-transformers name or folder (default: the bundled encoder)"
            )
        if name == "remove":
            command.add_argument("documents", nargs="+", metavar="DOCUMENT")
        if name == "watch":
            command.add_argument("folder", type=Path, metavar="FOLDER")
            command.add_argument(
                "--every", type=float, default=1.0, help="seconds between looks (default: %(default)s)"
            )
        if name == "text":
            command.add_argument("document", metavar="DOCUMENT")
    return parser


def _build(options: argparse.Namespace) -> int:
    return _told(build(options.paths, options.out, options.model, _Progress()))


def _add(options: argparse.Namespace) -> int:
    return _told(add(options.paths, options.out, _Progress()))


def _watch(options: argparse.Namespace) -> int:
    watch = Watch(options.folder, options.out, _Progress())
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends as Ctrl-C does, at any moment
    try:
        print(f"index: watching {shown(watch.folder)} for {shown(options.out)}", file=sys.stderr, flush=True)
        watch.run(_tell, lambda line: print(f"index: {line}", file=sys.stderr, flush=True), options.every)
    except KeyboardInterrupt:
        print("index: stopped watching; the index is whole", file=sys.stderr)
    return 0


def _tell(change: Change) -> None:
    _told(change.outcome)
    for name in change.removed:
        print(f"index: removed: {name}", file=sys.stderr)
    sys.stdout.flush()


def _told(outcome: Outcome) -> int:
    for intake in outcome.intakes:
        if intake.duplicate_of:
            print(f"index: {shown(intake.path)} says the same as {intake.duplicate_of}: kept once", file=sys.stderr)
        elif intake.document:
            print(_line(intake, intake.document))
            for spot in intake.suspicious:
                print(f"  look at {spot.start}: {spot.raw!r}", file=sys.stderr)
    for file in outcome.skipped:
        print(f"index: skipped, of another kind: {shown(file)}", file=sys.stderr)
    for line in outcome.refused:
        print(f"index: not taken: {line}", file=sys.stderr)
    return 1 if outcome.refused else 0


def _line(intake: Intake, document: Document) -> str:
    """The reading report of a file: one line, as its document's id and what was found in it."""
    repaired = sum(1 for spot in document.spots if spot.repaired)
    periods = dict.fromkeys(section.period for section in document.sections if section.period)
    parts = [
        document.title,
        document.place,
        str(document.year or ""),
        intake.encoding,
        intake.kind,
        f"{intake.characters} characters kept, {intake.dropped} dropped",
        f"{intake.headings} headings",
        f"{len(document.glossary)} glossary entries",
        f"periods: {', '.join(periods) or 'none'}",
        f"{repaired} of {len(document.spots)} damaged spots restored, {len(intake.suspicious)} to look at",
    ]
    return _row(document.id, *parts)


def _row(name: str, *parts: str) -> str:
    """One line: the id exactly, then `parts`, a tab between them and none in them."""
    return "\t".join([name, *(" ".join(part.split()) for part in parts)])


def _remove(options: argparse.Namespace) -> int:
    remove(options.documents, options.out)
    return 0


def _list(options: argparse.Namespace) -> int:
    for name, entry in disk.read_manifest(options.out)["documents"].items():
        print(_row(name, entry["title"], entry["place"], str(entry["year"] or ""), str(entry["characters"])))
    return 0


def _verify(options: argparse.Namespace) -> int:
    from index.store import open_index  # loads faiss and onnxruntime, which nothing else here needs at once

    manifest = disk.read_manifest(options.out)
    lines = disk.damage(options.out, manifest)
    if lines:
        print("\n".join(lines))
        print(f"index: {len(lines)} damaged files; {disk.REBUILD}", file=sys.stderr)
        return 1
    index = open_index(options.out)
    for document in index.documents.values():
        for spot in document.spots:
            state = f"restored as {spot.repaired!r}" if spot.repaired else "not restored, marked ■"
            print(f"{document.id}\t{spot.start}-{spot.end}\t{spot.raw!r}\t{state}")
    print(f"whole: {len(index.documents)} documents, {len(index.passages)} passages")
    return 0


def _text(options: argparse.Namespace) -> int:
    manifest = disk.read_manifest(options.out)
    entry = manifest["documents"].get(options.document)
    if entry is None:
        raise UserError(
            f"no document {options.document!r} in {options.out}", "an id as listed", "See: python -m index list"
        )
    document = disk.read_document(options.out / manifest["generation"] / entry["file"])
    sys.stdout.buffer.write(document.text.encode("utf-8"))
    sys.stdout.buffer.flush()
    return 0


class _Progress:
    """A line of progress with the time left on standard error, at most twice a second."""

    def __init__(self) -> None:
        self._stage, self._begun, self._said = "", 0.0, 0.0

    def __call__(self, stage: str, done: int, of: int) -> None:
        now = time.monotonic()
        if stage != self._stage:
            self._stage, self._begun, self._said = stage, now, now
        if now - self._said < 0.5 and not (done == of and self._said > self._begun):
            return
        self._said = now
        left = (now - self._begun) / max(done, 1) * (of - done)
        print(f"{stage} {done}/{of}, {left:.0f} s left", file=sys.stderr)


if __name__ == "__main__":
    raise SystemExit(main())
