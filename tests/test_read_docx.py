"""DOCX files made here: every kind of thing in them ends up as the lines it should."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docx
import pytest
from docx.document import Document as Word
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from index.document import load_document
from index.errors import UserError
from index.numerals import counted
from index.read import RawText, read

FILLER = (
    "坚持稳中求进，扎实推进各项任务，经济社会保持平稳健康发展，人民生活持续改善，社会大局和谐稳定，城乡面貌有新变化。"
)


def saved(document: Word, path: Path) -> RawText:
    document.save(str(path))
    return read(path)


def with_part(path: Path, name: str, xml: str, kind: str) -> None:
    """Put one more part, related to the body, into the file: python-docx cannot write notes."""
    data = {m: zipfile.ZipFile(path).read(m) for m in zipfile.ZipFile(path).namelist()}
    rels = data["word/_rels/document.xml.rels"].decode()
    link = f'<Relationship Id="rIdX" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" '
    data["word/_rels/document.xml.rels"] = rels.replace("</Rel", f'{link}Target="{name}"/></Rel', 1).encode()
    types = data["[Content_Types].xml"].decode()
    kind_type = f"application/vnd.openxmlformats-officedocument.wordprocessingml.{kind}+xml"
    override = f'<Override PartName="/word/{name}" ContentType="{kind_type}"/></Types>'
    data["[Content_Types].xml"] = types.replace("</Types>", override).encode()
    data[f"word/{name}"] = xml.encode()
    with zipfile.ZipFile(path, "w") as archive:
        for member, content in data.items():
            archive.writestr(member, content)


def test_paragraphs_breaks_and_headings_by_style(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_heading("某县政府工作报告", 0)
    document.add_heading("一、工作回顾", 1)
    document.add_paragraph("\u3000\u3000各位代表：\n现在报告工作。")
    document.add_paragraph("")
    document.add_heading("民生", 2)
    document.add_paragraph("支出4.5亿元。")
    raw = saved(document, tmp_path / "a.docx")
    assert raw.text == "某县政府工作报告\n一、工作回顾\n\u3000\u3000各位代表：\n现在报告工作。\n民生\n支出4.5亿元。\n"
    assert (raw.kind, raw.encoding) == ("docx", "")
    assert [(raw.text[at : raw.text.index("\n", at)], level) for at, level in raw.headings] == [
        ("一、工作回顾", 1),
        ("民生", 2),
    ]


def test_headings_by_style_make_sections_though_short_text_follows(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("某县政府工作报告")
    document.add_paragraph("2024年1月23日在某县第十届人民代表大会第三次会议上")
    for heading in ("2023年工作回顾", "2024年工作安排"):
        document.add_heading(heading, 1)
        document.add_paragraph(FILLER)
        document.add_heading("办实民生", 2)
        document.add_paragraph("办了。")
    saved(document, tmp_path / "某县.docx")
    found = load_document(tmp_path / "某县.docx")
    assert [(s.path, s.period) for s in found.sections] == [
        ((), ""),
        (("2023年工作回顾",), "2023 result"),
        (("2023年工作回顾", "办实民生"), "2023 result"),
        (("2024年工作安排",), "2024 plan"),
        (("2024年工作安排", "办实民生"), "2024 plan"),
    ]
    assert (found.year, found.place, found.pages) == (2024, "某县", ())


def test_tables_are_rows_in_their_place(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("主要指标")
    document.add_paragraph("单位：亿元")
    table = document.add_table(rows=3, cols=3)
    for row, words in zip(
        table.rows, (("指标", "2022年", "2023年"), ("生产总值", "310.5", "332.63"), ("税收", "-", "9")), strict=True
    ):
        for cell, word in zip(row.cells, words, strict=True):
            cell.text = word
    document.add_paragraph("表后一段。")
    assert saved(document, tmp_path / "a.docx").text == (
        "主要指标\n单位：亿元\n指标：生产总值；2022年：310.5亿元；2023年：332.63亿元。\n"
        "指标：税收；2022年：-；2023年：9亿元。\n表后一段。\n"
    )


def test_merged_cells_stand_in_every_place_they_cover(tmp_path: Path) -> None:
    document = docx.Document()
    table = document.add_table(rows=3, cols=3)
    for row, words in zip(
        table.rows, (("地区", "项目", "数量"), ("东片", "学校", "3"), ("", "医院", "2")), strict=True
    ):
        for cell, word in zip(row.cells, words, strict=True):
            cell.text = word
    table.cell(1, 0).merge(table.cell(2, 0))
    assert saved(document, tmp_path / "a.docx").text == (
        "地区：东片；项目：学校；数量：3。\n地区：东片；项目：医院；数量：2。\n"
    )


def test_automatic_numbers_are_part_of_the_text(tmp_path: Path) -> None:
    document = docx.Document()
    numbering = document.part.numbering_part.element
    numbering.insert(0, parse_xml(
        f'<w:abstractNum {nsdecls("w")} w:abstractNumId="90">'
        '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="%1、"/></w:lvl>'
        '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1.%2 "/></w:lvl>'
        "</w:abstractNum>"
    ))  # fmt: skip
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="90"><w:abstractNumId w:val="90"/></w:num>'))
    for words, level in (("回顾", 0), ("工业", 1), ("农业", 1), ("安排", 0), ("教育", 1)):
        properties = document.add_paragraph(words)._p.get_or_add_pPr()
        properties.append(parse_xml(
            f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="90"/></w:numPr>'
        ))  # fmt: skip
    assert saved(document, tmp_path / "a.docx").text == "一、回顾\n一.1 工业\n一.2 农业\n二、安排\n二.1 教育\n"


def test_deleted_words_go_and_inserted_ones_stay(tmp_path: Path) -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("增长")._p
    paragraph.append(parse_xml(f"<w:del {nsdecls('w')}><w:r><w:delText>5%</w:delText></w:r></w:del>"))
    paragraph.append(parse_xml(f"<w:ins {nsdecls('w')}><w:r><w:t>6%</w:t></w:r></w:ins>"))
    document.element.body.insert(0, parse_xml(
        f'<w:sdt {nsdecls("w")}><w:sdtContent><w:p><w:r><w:t>标题</w:t></w:r></w:p></w:sdtContent></w:sdt>'
    ))  # fmt: skip
    assert saved(document, tmp_path / "a.docx").text == "标题\n增长6%\n"


def test_notes_are_kept_apart_and_their_marks_do_not_touch_figures(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("某县政府工作报告")
    document.add_paragraph("一、2023年工作回顾")
    paragraph = document.add_paragraph("增长5.5%")._p
    paragraph.append(parse_xml(f'<w:r {nsdecls("w")}><w:footnoteReference w:id="2"/></w:r>'))
    paragraph.append(parse_xml(f"<w:r {nsdecls('w')}><w:t>，其中“136”格局成形。{FILLER}</w:t></w:r>"))
    path = tmp_path / "a.docx"
    document.save(str(path))
    note = '<w:footnote w:id="{}"{}><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:footnote>'
    notes = note.format(-1, ' w:type="separator"', "") + note.format(2, "", "增长5.5%：是指可比价。")
    with_part(path, "footnotes.xml", f"<w:footnotes {nsdecls('w')}>{notes}</w:footnotes>", "footnotes")
    assert read(path).text == (
        "某县政府工作报告\n一、2023年工作回顾\n增长5.5%[1]，其中“136”格局成形。"
        f"{FILLER}\n注释\n[1]增长5.5%：是指可比价。\n"
    )
    found = load_document(path)
    assert f"增长5.5%，其中“136”格局成形。{FILLER}" in found.text
    assert [(found.text[g.start : g.end], g.term) for g in found.glossary] == [
        ("[1]增长5.5%：是指可比价。", "增长5.5%")
    ]


def test_numbers_of_lists() -> None:
    assert [counted(n, "chineseCounting") for n in (1, 9, 10, 11, 20, 21, 100, 105, 110, 999)] == [
        "一", "九", "十", "十一", "二十", "二十一", "一百", "一百零五", "一百一十", "九百九十九",
    ]  # fmt: skip
    assert [counted(4, k) for k in ("upperRoman", "lowerLetter", "decimalEnclosedCircleChinese", "decimal", "?")] == [
        "IV", "d", "④", "4", "4",
    ]  # fmt: skip


def archive(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return stream.getvalue()


def encrypted_office() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 60


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty; wanted a file with text"),
        ("一段文字".encode(), "is no DOCX file; wanted a DOCX file. Open it and save it as DOCX."),
        (b"%PDF-1.7", "is a PDF file; wanted a DOCX file. Rename it to .pdf."),
        (b"{\\rtf1 x}", "is an RTF file; wanted a DOCX file. Save it as DOCX."),
        (encrypted_office(), "is encrypted; wanted a file without a password."),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 99, "is an old Office file; wanted a DOCX file."),
        (archive(a=b"x"), "is a ZIP archive; wanted a DOCX file. Unpack it"),
        (archive(xl__workbook_xml=b"x"), "is an XLSX file; wanted a DOCX file. Rename it to .xlsx."),
        (archive(word__document_xml=b"x"), "is damaged"),
        (archive(word__document_xml=b"x")[:-30], "is damaged"),
        (archive(word__document_xml=b"x", big=b"\0" * (301 << 20)), "unpacks to more than it may; wanted"),
    ],
    ids=["empty", "text", "pdf", "rtf", "encrypted", "old", "zip", "xlsx", "hollow", "cut", "bomb"],
)
def test_what_is_no_docx_ends_in_one_line(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "a.docx"
    path.write_bytes(data)
    with pytest.raises(UserError) as caught:
        read(path)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_cut_short_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    document = docx.Document()
    document.add_paragraph(FILLER)
    document.save(str(path))
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(UserError, match="is damaged"):
        read(path)
    middle = len(whole) // 3
    path.write_bytes(whole[:middle] + b"\xff" * 40 + whole[middle + 40 :])
    with pytest.raises(UserError, match="is damaged"):
        read(path)
