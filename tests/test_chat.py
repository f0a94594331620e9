"""What the chat's desk hands out: a conversation as files with footnotes, and questions to go on with."""

from __future__ import annotations

import io
import re
import time
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import docx
import httpx
import pytest
from guarded import PASSWORD, registered
from serving import serving
from stand_in import StandIn, document

from index.errors import UserError
from qa.access import Guard, server_settings
from qa.access.guard import Settings
from qa.access.store import Watched
from qa.answer import Answer, AnswerItem, cite
from qa.chat.desk import Desk
from qa.chat.early import Early, Put
from qa.chat.export import conversation_docx, conversation_markdown
from qa.chat.past import Exchange
from qa.chat.pool import Pool
from qa.service import create_app
from qa.service.desk import add_desk
from qa.site import Site

REPORT = document()
START = REPORT.text.index("固定资产投资增长28.8%")
CITED = cite(1, REPORT, START, START + 13, ((START + 8, START + 13),))
ITEMS = (AnswerItem("28.8%", REPORT.id, 1),)
AT = datetime(2026, 11, 24, tzinfo=UTC)
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def exchange(n: int, question: str, answer: Answer) -> Exchange:
    return Exchange("c", n, question, (), (), answer, f"r{n}")


PLAIN = Answer("问*星*", "问*星*", False, "28.8%", 0.9, ITEMS, (CITED,), (), "", 1.0)
TALK = (
    exchange(1, "问*星*", PLAIN),
    exchange(
        2, "今年呢？", replace(PLAIN, question="今年呢？", resolved_question="今年问", lead="是", message="共一项",
                           answers=(replace(ITEMS[0], label="2022年"),)),
    ),
    exchange(3, "身高？", Answer("身高？", "", True, "", 0.1, (), (), (CITED,), "报告中没有答案。没有写到身高。", 1.0)),
)  # fmt: skip


def test_a_conversation_as_markdown() -> None:
    source = "三门县2023年政府工作报告 · 一、2022年工作回顾 · 2022年结果 · sanmen-2023:{}-{}：“固定资产投资增长28.8%”"
    source = source.format(START, START + 13)
    assert conversation_markdown(TALK, {REPORT.id: REPORT}, at=AT).split("\n\n") == [
        "# 问报问答记录",
        "答案均为报告原文，共3问。导出于2026-11-24。",
        "## 问\\*星\\*",
        "**28.8%**[^1]",
        "很有把握 (0.90)",
        "## 今年呢？",
        "理解为：今年问",
        "**是。**",
        "**2022年：28.8%**[^2]",
        "共一项",
        "很有把握 (0.90)",
        "## 身高？",
        "**报告中没有答案**",
        "没有写到身高。",
        f"[^1]: {source}",
        f"[^2]: {source}\n",
    ]


def test_a_conversation_as_a_word_file_has_real_footnotes() -> None:
    body = conversation_docx(TALK, {REPORT.id: REPORT}, at=AT)
    assert body == conversation_docx(TALK, {REPORT.id: REPORT}, at=AT)
    read = docx.Document(io.BytesIO(body))
    assert [p.text for p in read.paragraphs if p.style and p.style.name == "Heading1"] == [
        "问*星*",
        "今年呢？",
        "身高？",
    ]
    archive = zipfile.ZipFile(io.BytesIO(body))
    notes = ElementTree.fromstring(archive.read("word/footnotes.xml"))
    told = {note.get(f"{W}id"): "".join(note.itertext()).strip() for note in notes if not note.get(f"{W}type")}
    referred = re.findall(r'<w:footnoteReference w:id="(\d+)"', archive.read("word/document.xml").decode())
    assert referred == list(told) == ["1", "2"]
    assert all(note.endswith("：“固定资产投资增长28.8%”") for note in told.values())


class Counting(StandIn):
    """Keeps what it was asked."""

    def ask(self, question: str, history: Sequence[str] = (), documents: Sequence[str] = ()) -> Answer:
        ASKED.append(question)
        return super().ask(question, history, documents)


ASKED: list[str] = []


def settled(pool: Pool, seen: Sequence[str], seconds: float = 30.0) -> tuple[str, ...]:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        examples, done = pool.examples(seen)
        if done:
            return examples
        time.sleep(0.05)
    raise AssertionError("the questions were not tried out in time")


def test_questions_are_tried_out_once_and_go_on_from_the_answer() -> None:
    ASKED.clear()
    other = document("乙县-2023", REPORT.text.replace("28.8%", "12.5%"), "乙县2023年政府工作报告")
    one = Counting(REPORT, replace(other, place="乙县"))
    pool = Pool(Site.of(one), eager=1000)  # type: ignore[arg-type]
    assert ASKED == []
    examples = settled(pool, [REPORT.id])
    assert 0 < len(examples) <= 6
    assert len(ASKED) == len(set(ASKED))
    asked_by_now = len(ASKED)
    # What an answer already tells is not offered, nor what is said of another report; what was asked is not either.
    after = pool.after(PLAIN, {"什么是“三品一标”？"}, [REPORT.id], limit=50)
    assert after
    assert not [q for q in after if "固定资产投资增长了" in q or "乙县" in q or q == "什么是“三品一标”？"]
    # Who may not see a report is offered nothing of it.
    assert pool.after(PLAIN, (), ["乙县-2023"], limit=50) == ()
    assert [q for q in pool.examples(["乙县-2023"], 50)[0] if "三门县" in q] == []
    time.sleep(0.5)
    assert len(ASKED) == len(set(ASKED)) >= asked_by_now


def test_the_page_knows_who_logged_in_and_lets_them_out(tmp_path: Path) -> None:
    registered(tmp_path / "access.json")
    guard = Guard(Watched(tmp_path / "access.json"), Settings(required=True))
    site = Site.of(StandIn(REPORT), guard=guard)  # type: ignore[arg-type]
    app = create_app(site)
    add_desk(app, Desk(site))
    with serving(app, **server_settings(guard)) as address, httpx.Client(base_url=address, timeout=20) as one:
        one.post("/login", data={"name": "张三", "password": PASSWORD, "next": "/"})
        assert one.get("/desk/opening").json()["user"] == "张三"
        one.post("/logout")
        assert one.get("/desk/opening").status_code == 401
    open_app = create_app(Site.of(StandIn(REPORT)))  # type: ignore[arg-type]
    add_desk(open_app, Desk(Site.of(StandIn(REPORT))))  # type: ignore[arg-type]
    with serving(open_app) as address:
        assert httpx.get(f"{address}/desk/opening", timeout=20).json()["user"] == ""


def test_an_answer_begun_early_is_made_once_and_told_to_nobody_else() -> None:
    ASKED.clear()
    early, one = Early(), Counting(REPORT)
    put = Put(one, "固定资产投资增长了多少？", (), ())  # type: ignore[arg-type]
    early.begin("n1", put)
    early.begin("n1", put)
    assert early.fetch("n1", put).answer == "28.8%"
    assert [put.question] == ASKED
    # Fetched once, it is gone: it is made again, as is one that was never begun, or begun for other words or reports.
    for name in ("n1", "", "never"):
        early.fetch(name, put)
    assert [put.question] * 4 == ASKED
    early.begin("n2", put)
    assert early.fetch("n2", replace(put, question="什么是三品一标？")).question == "什么是三品一标？"
    early.begin("n3", put)
    other = Counting(document("乙县-2023", REPORT.text.replace("28.8%", "12.5%"), "乙县2023年政府工作报告"))
    assert early.fetch("n3", replace(put, assistant=other)).answer == "12.5%"  # type: ignore[arg-type]
    early.begin("n4", put)
    early.drop("n4")
    assert early.fetch("n4", put).answer == "28.8%"
    with pytest.raises(UserError):
        early.fetch("n5", replace(put, documents=("不在",)))
