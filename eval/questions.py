"""A question with its gold answer, and the reading of question files. Knows no assistant and no measure.

JSON Lines rows follow the contract; other shapes (SQuAD, CMRC, DRCD, spreadsheets) are turned into the same rows.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import UserError

KINDS = ".jsonl (JSON Lines), .json (SQuAD 2.0, CMRC or DRCD), .csv, .xlsx, .xls or .ods"


@dataclass(frozen=True, slots=True)
class Question:
    """One row of a question file. `doc` is "*" when all documents are asked; `line` is where the row stood.

    `evidence` and `answers_by_doc` both empty: the documents do not answer, and only a refusal is right.
    """

    id: str
    question: str
    type: str = "other"
    doc: str = "*"
    answers: tuple[str, ...] = ()
    answers_all: tuple[str, ...] = ()
    answers_by_doc: tuple[tuple[str, tuple[str, ...]], ...] = ()
    evidence: tuple[str, ...] = ()
    history: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    line: int = 0

    @property
    def answerable(self) -> bool:
        return bool(self.evidence or self.answers_by_doc)

    @property
    def documents(self) -> tuple[str, ...]:
        """What to pass to the assistant: the ids to ask, empty for all."""
        return () if self.doc in {"", "*"} else (self.doc,)

    @property
    def gold(self) -> tuple[str, ...]:
        """The accepted answers: any one of `answers`, else every one of the others, for showing and for lengths."""
        return self.answers or self.answers_all or tuple(values[0] for _, values in self.answers_by_doc if values)

    def to_json(self) -> dict[str, Any]:
        """The contract's row; empty fields are left out, but never `answers` and `evidence`."""
        row: dict[str, Any] = {"id": self.id, "doc": self.doc, "question": self.question, "type": self.type}
        if not self.answers_all and not self.answers_by_doc:
            row["answers"] = list(self.answers)
        for name in ("answers_all", "history", "wrong"):
            if getattr(self, name):
                row[name] = list(getattr(self, name))
        if self.answers_by_doc:
            row["answers_by_doc"] = {doc: list(values) for doc, values in self.answers_by_doc}
        row["evidence"] = list(self.evidence)
        return row


@dataclass(frozen=True, slots=True)
class Problem:
    """A row that could not be used: where it stood (1-based line or sheet row) and why."""

    line: int
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"


@dataclass(frozen=True, slots=True)
class QuestionFile:
    """The rows of a file in their order, and the rows that were left out."""

    path: Path
    questions: tuple[Question, ...]
    problems: tuple[Problem, ...]


def read_questions(path: Path) -> QuestionFile:
    """The questions of `path`, by its suffix. UserError when the file is absent, unreadable or holds no question."""
    if not path.is_file():
        raise UserError(f"no question file at {path}", f"a file of kind {KINDS}", "Check the path.")
    suffix = path.suffix.lower()
    if suffix in {".jsonl", ".ndjson"}:
        rows = _json_lines(_decode(path))
    elif suffix == ".json":
        from eval.squad import squad_rows

        rows = squad_rows(_whole_json(path))
    elif suffix in {".csv", ".tsv", ".xlsx", ".xlsm", ".xls", ".ods"}:
        from eval.sheets import sheet_rows

        rows = sheet_rows(path)
    else:
        raise UserError(f"a question file of kind {suffix or path.name}", KINDS, "Convert or rename the file.")
    questions, problems = _collect(rows)
    if not questions:
        why = f" ({problems[0]})" if problems else ""
        raise UserError(f"no usable question in {path}{why}", "at least one row", "Mend the file's rows.")
    return QuestionFile(path, tuple(questions), tuple(problems))


def write_questions(path: Path, questions: Iterable[Question]) -> None:
    """Write the contract's JSON Lines, UTF-8, one row a question."""
    lines = [json.dumps(question.to_json(), ensure_ascii=False) + "\n" for question in questions]
    path.write_text("".join(lines), encoding="utf-8")


def question_from(row: Mapping[str, Any], line: int) -> Question:
    """The question of a contract row. ValueError, in words for the file's author, when the row breaks the contract."""
    ident, text = row.get("id"), row.get("question")
    if isinstance(ident, bool) or not isinstance(ident, (str, int)) or not str(ident).strip():
        raise ValueError("no `id`: wanted a unique string")
    if not isinstance(text, str) or not text.strip():
        raise ValueError("no `question`: wanted the words of the question")
    doc, kind = row.get("doc") or "*", row.get("type") or "other"
    if not isinstance(doc, str) or not isinstance(kind, str):
        raise ValueError("`doc` and `type` must be strings")
    lists = {name: _strings(row, name) for name in ("answers", "answers_all", "evidence", "history", "wrong")}
    by_doc = _by_doc(row.get("answers_by_doc"))
    if lists["evidence"] and not (lists["answers"] or lists["answers_all"] or by_doc):
        raise ValueError("`evidence` without an accepted answer: fill `answers` or `answers_all`")
    if not lists["evidence"] and not by_doc and (lists["answers"] or lists["answers_all"]):
        raise ValueError("an accepted answer without `evidence`: fill `evidence` with the words of the document")
    return Question(str(ident).strip(), text, kind, doc, answers_by_doc=by_doc, line=line, **lists)


def _strings(row: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = row.get(name)
    if value is None or value == "":
        return ()
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not all(isinstance(item, str) for item in values):
        raise ValueError(f"`{name}` must be a list of strings")
    return tuple(item for item in values if item.strip())


def _by_doc(value: Any) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if not value:
        return ()
    if not isinstance(value, dict):
        raise ValueError("`answers_by_doc` must map document ids to answers")
    out = []
    for doc in value:
        values = _strings(value, doc)
        if not values:
            raise ValueError(f"`answers_by_doc` has no answer for {doc}")
        out.append((str(doc), values))
    return tuple(out)


def _collect(rows: Iterator[tuple[int, Mapping[str, Any] | ValueError]]) -> tuple[list[Question], list[Problem]]:
    questions: list[Question] = []
    problems: list[Problem] = []
    lines: dict[str, int] = {}
    for line, row in rows:
        try:
            if isinstance(row, ValueError):
                raise row
            question = question_from(row, line)
            if question.id in lines:
                raise ValueError(f"id {question.id} was already used on line {lines[question.id]}")
        except ValueError as error:
            problems.append(Problem(line, str(error)))
            continue
        lines[question.id] = line
        questions.append(question)
    return questions, problems


def _json_lines(text: str) -> Iterator[tuple[int, Mapping[str, Any] | ValueError]]:
    # Not splitlines(): it also cuts at U+2028 and U+0085, which JSON allows inside a string.
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            yield number, ValueError(f"not JSON: {error.msg} at column {error.colno}")
            continue
        yield number, row if isinstance(row, dict) else ValueError("wanted a JSON object in braces")


def _whole_json(path: Path) -> Any:
    try:
        return json.loads(_decode(path))
    except json.JSONDecodeError as error:
        raise UserError(f"{path} is not JSON ({error})", "SQuAD 2.0, CMRC or DRCD JSON", "Mend the file.") from None


def _decode(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(f"{path} is not UTF-8 (byte {error.start})", "UTF-8", "Save the file as UTF-8.") from None
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror})", "a readable file", "Check its rights.") from None
