"""The shapes of requests and replies, with the examples that the documentation shows.

Knows pydantic and the limits of a question; it must not know routes or how an answer comes about. Bodies are refused
where they hold a field that is not named here, except where other programs' shapes must be taken as they come.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, Strict, StringConstraints

from qa.ledger.records import MAX_COMMENT
from qa.limits import MAX_HISTORY, MAX_QUESTION

MAX_DOCUMENTS = 1000  # that one question may name


def _integer(value: Any) -> Any:
    """5.0 is an integer in JSON; "5" and true are none."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _whole(text: str) -> str:
    """Halves of surrogate pairs, which JSON may smuggle in, belong to no text and to no reply."""
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise ValueError("half of a surrogate pair is no text")
    return text


Integer = Annotated[int, BeforeValidator(_integer, json_schema_input_type=int), Strict()]
Text = Annotated[str, AfterValidator(_whole)]
Short = Annotated[Text, StringConstraints(max_length=MAX_QUESTION)]
Name = Annotated[Text, StringConstraints(max_length=300)]
History = Annotated[list[Short], Field(max_length=MAX_HISTORY, description="Earlier questions, oldest first.")]
Documents = Annotated[
    list[Name], Field(max_length=MAX_DOCUMENTS, description="Ids of the documents to ask; none asks all.")
]

_CITATION: dict[str, Any] = {
    "n": 1,
    "document": "sanmen-2023",
    "title": "三门县2023年政府工作报告",
    "section": ["一、2022年工作回顾"],
    "period": "2022 result",
    "start": 612,
    "end": 640,
    "quote": "全县生产总值达到332.63亿元,同比增长2.6%",
    "marks": [[620, 629]],
}
ANSWER_EXAMPLE: dict[str, Any] = {
    "question": "2022年全县生产总值是多少？",
    "resolved_question": "2022年全县生产总值是多少？",
    "refused": False,
    "answer": "332.63亿元",
    "confidence": 0.97,
    "answers": [{"text": "332.63亿元", "document": "sanmen-2023", "citation": 1}],
    "citations": [_CITATION],
    "related": [],
    "message": "",
    "latency_ms": 41.5,
}
_HINT = "可用的名称见 GET /api/v1/documents。"
_FAULT = {"code": "no_document", "message": "没有名为“x”的报告。", "hint": _HINT, "request_id": "5f0c1b7a"}
ERROR_EXAMPLE: dict[str, Any] = {"error": _FAULT}


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Ask(_Body):
    """A question. A confidence below `min_confidence` makes a refusal; the assistant's own threshold stays in force."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"question": "2022年全县生产总值是多少？"},
                {
                    "question": "那今年的目标呢？",
                    "history": ["2022年全县生产总值是多少？"],
                    "documents": ["sanmen-2023"],
                },
            ]
        },
    )

    question: Text = Field(min_length=1, description=f"One question, up to {MAX_QUESTION} characters.")
    history: History = Field(default_factory=list)
    documents: Documents = Field(default_factory=list)
    min_confidence: float = Field(
        0.0, strict=True, ge=0, le=1, description="Refuse an answer that is less sure than this."
    )


class Search(_Body):
    """Words to look for."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"question": "投资", "top_k": 3}]})

    question: Text = Field(min_length=1)
    documents: Documents = Field(default_factory=list)
    top_k: Integer = Field(10, ge=1, le=50, description="How many passages at most.")


class BatchRow(BaseModel):
    """One line of a batch; a row of a question file will do. `doc` names one document, "*" all."""

    model_config = ConfigDict(extra="ignore")

    id: Annotated[str, StringConstraints(max_length=200)] | int | None = None
    question: Text
    history: History = Field(default_factory=list)
    documents: Documents = Field(default_factory=list)
    doc: Name | None = None
    min_confidence: float = Field(0.0, strict=True, ge=0, le=1)


class Place(_Body):
    """A span of a document, in characters of its text."""

    document: Name
    start: Integer = Field(ge=0)
    end: Integer = Field(ge=1)


class Opinion(_Body):
    """What a reader thinks of an answer. `request_id` is the X-Request-Id that came with it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"request_id": "5f0c1b7a", "helpful": False, "reason": "不全", "comment": "少了两项"}]
        },
    )

    request_id: Name
    helpful: bool = Field(strict=True)
    reason: Literal["", "错误", "不全", "出处不对", "应答未答"] = ""
    comment: Annotated[Text, StringConstraints(max_length=MAX_COMMENT)] = ""
    marked: Place | None = Field(None, description="The passage that the reader holds to be right.")


class Fault(BaseModel):
    """What went wrong: `code` for programs, `message` and `hint` for people, `request_id` for who keeps the server."""

    code: str
    message: str
    hint: str
    request_id: str


class ErrorReply(BaseModel):
    """The body of every reply that is not a success."""

    model_config = ConfigDict(json_schema_extra={"examples": [ERROR_EXAMPLE]})

    error: Fault


class CitationObject(BaseModel):
    """A quote and its place: `quote == text[start:end]` of the document, in characters."""

    n: int
    document: str
    title: str
    section: list[str]
    period: str
    start: int
    end: int
    quote: str
    marks: list[list[int]]


class AnswerPart(BaseModel):
    """One item of a list, one document of a comparison, or the one answer."""

    text: str
    document: str
    citation: int
    label: str


class AnswerObject(BaseModel):
    """An answer with its proof, or a refusal: then `answer`, `answers` and `citations` are empty."""

    model_config = ConfigDict(json_schema_extra={"examples": [ANSWER_EXAMPLE]})

    question: str
    resolved_question: str
    refused: bool
    answer: str
    confidence: float = Field(ge=0, le=1)
    answers: list[AnswerPart]
    citations: list[CitationObject]
    related: list[CitationObject]
    message: str
    lead: str
    instead: str
    latency_ms: float


class Excerpt(BaseModel):
    """A span of a document and where it stands: `text == document_text[start:end]`; `page` 0 without pages."""

    document: str
    title: str
    section: list[str]
    period: str
    start: int
    end: int
    page: int
    text: str


class PassageObject(Excerpt):
    """A passage found: `score` ranks within one search; `dense` is a cosine, `lexical` a BM25 score."""

    score: float
    dense: float
    lexical: float


class SearchReply(BaseModel):
    """Passages, best first."""

    question: str
    passages: list[PassageObject]


class Kept(BaseModel):
    """An opinion was kept under this number."""

    id: int
