"""The commands `python -m eval COMMAND` (see `--help`). The only place here that prints."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from eval.questions import QuestionFile, read_questions, write_questions
from index.ending import ended
from index.errors import UserError


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status: 0 done, 1 a gate or a check failed, 2 a mistake of the user's, 130 interrupted."""
    options = _parser().parse_args(arguments)
    again = "interrupted; the same command goes on where this one stopped"
    return ended("eval", lambda: int(options.command(options)), again)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m eval", description="Batch evaluation of the assistant.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    run = commands.add_parser("run", help="answer every question of a file; figures, report; resumes when cut off")
    run.add_argument("questions", type=Path, help="JSON Lines, SQuAD/CMRC/DRCD .json, .csv, .xlsx, .xls or .ods")
    run.add_argument("--out", type=Path, required=True, help="the folder of the run")
    run.add_argument("--index", type=Path, default=Path("data/index"), help="the index to ask (data/index)")
    run.add_argument("--fresh", action="store_true", help="ask all again, even those answered by an earlier start")
    run.set_defaults(command=_run)
    compare = commands.add_parser("compare", help="two runs side by side: paired differences, flips, gates")
    compare.add_argument("run_a", type=Path, help="the run to compare with")
    compare.add_argument("run_b", type=Path, help="the run in question")
    compare.add_argument("--gate", type=Path, help="a JSON file of bounds; exit status 1 when one is broken")
    compare.add_argument("--json", action="store_true", help="print one JSON object instead of text")
    compare.set_defaults(command=_compare)
    cells = commands.add_parser("compare-set", help="questions to several reports, judged cell by cell")
    cells.add_argument("questions", type=Path, help="rows with a cell for every document (JSON Lines)")
    cells.add_argument("--index", type=Path, default=Path("data/index"), help="the documents asked (data/index)")
    cells.set_defaults(command=_compare_set)
    check = commands.add_parser("check", help="verify that every gold answer and evidence stands in its document")
    check.add_argument("questions", type=Path)
    check.add_argument("--index", type=Path, default=Path("data/index"))
    check.set_defaults(command=_check)
    perturb = commands.add_parser("perturb", help="the same questions disturbed: Traditional, full width, typo, year")
    perturb.add_argument("questions", type=Path)
    perturb.add_argument("--out", type=Path, required=True)
    perturb.add_argument("--index", type=Path, default=Path("data/index"))
    perturb.set_defaults(command=_perturb)
    feedback = commands.add_parser("from-feedback", help="rows of a question file from readers' feedback, checked")
    feedback.add_argument("--ledger", type=Path, default=Path("data/wenbao.sqlite"), help="(data/wenbao.sqlite)")
    feedback.add_argument("--out", type=Path, required=True, help="the question file to write (JSON Lines)")
    feedback.add_argument("--index", type=Path, default=Path("data/index"), help="the documents asked (data/index)")
    feedback.set_defaults(command=_from_feedback)
    return parser


def _run(options: argparse.Namespace) -> int:
    asked = _questions(options.questions)  # before the imports, which load the models' libraries

    from eval.places import Atlas
    from eval.results import measure, missing_documents, write_results
    from eval.run import Progress, answer_all
    from qa.assistant import open_assistant

    assistant = open_assistant(options.index)
    asked = _scoped(asked, set(assistant.index.documents))
    for document in missing_documents(asked.questions, assistant):
        _say(f"the index holds no document {document}; its questions will count as wrong")
    progress = Progress(len(asked.questions))
    answers = answer_all(asked.questions, assistant, options.out, _say, progress, options.fresh)
    result = measure(asked, answers, assistant, options.index)
    write_results(options.out, result, Atlas(assistant.index.documents))
    _summary(result.metrics, options.out)
    return 0


def _compare(options: argparse.Namespace) -> int:
    from eval.compare import compare_runs, read_run, text_of, to_json
    from eval.gate import broken, read_gates

    gates = read_gates(options.gate) if options.gate else None
    before, after = read_run(options.run_a), read_run(options.run_b)
    comparison = compare_runs(before, after)
    print(to_json(comparison) if options.json else text_of(comparison))
    failures = broken(gates, before, after) if gates is not None else []
    for failure in failures:
        _say(f"gate: {failure}")
    return 1 if failures else 0


def _compare_set(options: argparse.Namespace) -> int:
    from eval.comparing import read_comparisons, score
    from qa.assistant import open_assistant

    rows = read_comparisons(options.questions)
    assistant = open_assistant(options.index)
    result = score(rows, lambda question, documents: assistant.ask(question, (), documents).to_json())
    print(json.dumps(result.to_json(), ensure_ascii=False, indent=1))
    return 0


def _check(options: argparse.Namespace) -> int:
    asked = _questions(options.questions)
    from eval.check import check
    from qa.assistant import open_assistant

    findings = check(asked, open_assistant(options.index).index.documents)
    for finding in findings:
        print(finding)
    print(f"{len(asked.questions)} questions, {len(findings) + len(asked.problems)} problems")
    return 1 if findings or asked.problems else 0


def _perturb(options: argparse.Namespace) -> int:
    asked = _questions(options.questions)
    from eval.perturb import run_perturbed, text_of
    from qa.assistant import open_assistant

    assistant = open_assistant(options.index)
    print(text_of(run_perturbed(_scoped(asked, set(assistant.index.documents)), assistant, options.out, _say)))
    return 0


def _from_feedback(options: argparse.Namespace) -> int:
    if not options.ledger.is_file():
        raise UserError(f"no ledger at {options.ledger}", "the server's data folder's file", "Name it with --ledger.")
    from eval.feedback import from_feedback
    from index.store import open_index
    from qa.ledger import open_ledger

    documents = open_index(options.index).documents
    ledger = open_ledger(options.ledger)
    try:
        harvest = from_feedback(ledger, documents)
    finally:
        ledger.close()
    try:
        write_questions(options.out, harvest.questions)
    except OSError as error:
        raise UserError(f"{options.out} cannot be written ({error.strerror})", "a file", "Name another.") from None
    for line in harvest.left_out:
        _say(f"no row from {line}")
    print(f"{len(harvest.questions)} rows, {len(harvest.left_out)} left out")
    return 0


def _questions(path: Path) -> QuestionFile:
    asked = read_questions(path)
    for problem in asked.problems:
        _say(f"{path}, {problem}; left out")
    return asked


def _scoped(asked: QuestionFile, known: set[str]) -> QuestionFile:
    """SQuAD's titles name documents only when the index was built of them; otherwise all documents are asked."""
    if asked.path.suffix.lower() != ".json":
        return asked
    questions = tuple(q if q.doc in known else dataclasses.replace(q, doc="*") for q in asked.questions)
    return dataclasses.replace(asked, questions=questions)


def _summary(metrics: Mapping[str, Any], out: Path) -> None:
    from eval.summary import summary

    print(summary(metrics))
    _say(f"report: {out / 'report.html'}")


def _say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
