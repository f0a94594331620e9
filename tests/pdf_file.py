"""A PDF file written by hand: lines of Chinese text at given places, which is all that the tests of the reader need."""

from __future__ import annotations

from collections.abc import Sequence

Line = tuple[float, float, float, str]  # left, base line, size of the font, words


def pdf(pages: Sequence[Sequence[Line]], rotate: int = 0, encrypted: bool = False, size: str = "595 842") -> bytes:
    """A file with a page for each list of lines, in a Song font that is not embedded; figures are as wide as hanzi."""
    kids = " ".join(f"{10 + 2 * n} 0 R" for n in range(len(pages)))
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        3: b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UTF16-H "
        b"/DescendantFonts [4 0 R] >>",
        4: b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 /FontDescriptor 5 0 R "
        b"/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> >>",
        5: b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 4 /FontBBox [0 -120 1000 880] /ItalicAngle 0 "
        b"/Ascent 880 /Descent -120 /CapHeight 880 /StemV 80 >>",
        6: b"<< /Filter /Standard /V 1 /R 2 /P -4 /O <" + b"41" * 32 + b"> /U <" + b"42" * 32 + b"> >>",
    }
    for n, lines in enumerate(pages):
        drawn = "".join(
            f"BT /F1 {points} Tf {x} {y} Td <{words.encode('utf-16-be').hex()}> Tj ET\n"
            for x, y, points, words in lines
        ).encode()
        page = f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {size}] /Rotate {rotate} /Contents {11 + 2 * n} 0 R "
        objects[10 + 2 * n] = f"{page}/Resources << /Font << /F1 3 0 R >> >> >>".encode()
        objects[11 + 2 * n] = b"<< /Length %d >>\nstream\n%sendstream" % (len(drawn), drawn)
    out, places = b"%PDF-1.4\n", {}
    for number, body in sorted(objects.items()):
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 1\n0000000000 65535 f \n"
    out += b"".join(b"%d 1\n%010d 00000 n \n" % (number, place) for number, place in places.items())
    secret = b"/Encrypt 6 0 R /ID [<00> <00>] " if encrypted else b""
    return out + b"trailer\n<< /Size %d /Root 1 0 R %s>>\nstartxref\n%d\n%%%%EOF\n" % (max(places) + 1, secret, start)


def paragraph(
    words: str, top: float, left: float = 90, size: float = 12, width: int = 34, indent: int = 2
) -> list[Line]:
    """`words` as a typesetter wraps them: `width` characters a line, the first line indented."""
    first = width - indent
    cut = [words[:first], *(words[at : at + width] for at in range(first, len(words), width))]
    return [(left + (indent * size if n == 0 else 0), top - 20 * n, size, line) for n, line in enumerate(cut)]
