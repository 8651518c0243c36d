"""Writing printed documents, to try a reader on every format that one can come in.

A line is its text, with tabs between its cells, and the tab stops of its paragraph in twips.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Sequence
from pathlib import Path

from docx import Document
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.shared import Twips
from odf.opendocument import OpenDocumentText
from odf.style import ParagraphProperties, Style, TabStop, TabStops
from odf.text import P, Tab

Line = tuple[str, tuple[int, ...]]


def lines_of_rtf(path: Path) -> list[Line]:
    """The lines of an RTF document as the bundled edition writes them."""
    found = re.findall(r"\\pard\\plain((?:\\tqc\\tx\d+)*)\{\\plain\\fs16 (.*?)\\par\}", path.read_text("cp1252"))
    texts = {r"\tab ": "\t", r"\rquote ": "'", r"\bullet ": "-"}
    lines: list[Line] = []
    for stops, text in found:
        for sign, said in texts.items():
            text = text.replace(sign, said)
        lines.append((text, tuple(int(stop) for stop in re.findall(r"tx(\d+)", stops))))
    return lines


def write_rtf(path: Path, lines: Sequence[Line]) -> None:
    body = "".join(
        r"\pard" + "".join(rf"\tx{stop}" for stop in stops) + " " + text.replace("\t", r"\tab ") + r"\par" + "\n"
        for text, stops in lines
    )
    path.write_text(r"{\rtf1\ansi{\fonttbl{\f0 Arial;}}{\*\generator none;}" + body + "}", encoding="ascii")


def write_docx(path: Path, lines: Sequence[Line]) -> None:
    document = Document()
    for text, stops in lines:
        paragraph = document.add_paragraph(text)
        for stop in stops:
            paragraph.paragraph_format.tab_stops.add_tab_stop(Twips(stop), WD_TAB_ALIGNMENT.CENTER)
    document.save(str(path))


def write_odt(path: Path, lines: Sequence[Line]) -> None:
    document = OpenDocumentText()
    styles: dict[tuple[int, ...], Style] = {}
    for text, stops in lines:
        if stops not in styles:
            style = Style(name=f"P{len(styles)}", family="paragraph")
            properties, listed = ParagraphProperties(), TabStops()
            for stop in stops:
                listed.addElement(TabStop(position=f"{stop / 1440:.4f}in", type="center"))
            properties.addElement(listed)
            style.addElement(properties)
            document.automaticstyles.addElement(style)
            styles[stops] = style
        paragraph = P(stylename=styles[stops])
        for number, piece in enumerate(text.split("\t")):
            if number:
                paragraph.addElement(Tab())
            paragraph.addText(piece)
        document.text.addElement(paragraph)
    document.save(str(path))


def write_pdf(path: Path, lines: Sequence[Line]) -> None:
    """In Courier of 6 points, whose letters are all 3.6 wide, each cell about its stop."""
    pages: list[str] = []
    for first in range(0, len(lines), 60):
        drawn: list[str] = []
        for number, (text, stops) in enumerate(lines[first : first + 60]):
            pieces = text.split("\t")
            pieces = pieces[1:] if text.startswith("\t") else pieces
            places = [stop / 20 for stop in (stops if len(stops) == len(pieces) else (0, *stops))]
            for column, piece in enumerate(pieces):
                width = 3.6 * len(piece.strip())
                is_first = column == 0 and not text.startswith("\t")
                left = 60.0 if is_first else 60 + places[column] - width / 2
                escaped = piece.strip().replace("(", r"\(").replace(")", r"\)")
                drawn.append(f"BT /F 6 Tf {left:.2f} {800 - 12 * number} Td ({escaped}) Tj ET")
        pages.append("\n".join(drawn))
    kids = " ".join(f"{3 + 2 * n} 0 R" for n in range(len(pages)))
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>"]
    font = "<< /F << /Type /Font /Subtype /Type1 /BaseFont /Courier >> >>"
    for number, page in enumerate(pages):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 900 842] /Resources << /Font {font} >>"
            f" /Contents {4 + 2 * number} 0 R >>"
        )
        objects.append(f"<< /Length {len(page)} >>\nstream\n{page}\nendstream")
    raw, places_of = b"%PDF-1.4\n", []
    for number, said in enumerate(objects, start=1):
        places_of.append(len(raw))
        raw += f"{number} 0 obj\n{said}\nendobj\n".encode("ascii")
    table = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n" + "".join(f"{at:010} 00000 n \n" for at in places_of)
    end = f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(raw)}\n%%EOF\n"
    path.write_bytes(raw + (table + end).encode("ascii"))


def write_doc(path: Path, lines: Sequence[Line]) -> None:
    """The least of a Word 97 document: its text in one piece, its paragraphs' tab stops, in an OLE container."""
    start, text, ends = 1024, b"", []
    for said, _ in lines:
        text += said.encode("cp1252") + b"\r"
        ends.append(start + len(text))
    main = bytearray(start) + text
    main += bytes(-len(main) % 512)
    numbers: list[int] = []
    begins: list[int] = []
    at = 0
    while at < len(lines):
        numbers.append(len(main) // 512)
        begins.append(start if not at else ends[at - 1])
        page, at = _paragraphs(lines, ends, at, begins[-1])
        main += page
    clx = b"\x02" + struct.pack("<IIIHIH", 16, 0, len(text), 0, 2 * start | 0x40000000, 0)
    papx = struct.pack(f"<{len(begins) + 1}I", *begins, ends[-1]) + struct.pack(f"<{len(numbers)}I", *numbers)
    struct.pack_into("<H", main, 0, 0xA5EC)
    struct.pack_into("<I", main, 0x4C, len(text))
    struct.pack_into("<II", main, 0x102, len(clx), len(papx))
    struct.pack_into("<II", main, 0x1A2, 0, len(clx))
    path.write_bytes(_container({"WordDocument": bytes(main), "0Table": clx + papx}))


def _paragraphs(lines: Sequence[Line], ends: Sequence[int], first: int, begin: int) -> tuple[bytes, int]:
    """A page of 512 bytes with the properties of as many paragraphs as it holds, and the first that it does not."""
    count, kept = 0, list[bytes]()
    used = 511
    while first + count < len(lines) and count < 20:
        stops = lines[first + count][1]
        add = bytes([len(stops)]) + struct.pack(f"<{len(stops)}h", *stops) + bytes([1] * len(stops))
        said = struct.pack("<HHBB", 0, 0xC60D, 1 + len(add), 0) + add
        said += bytes(1 - len(said) % 2)
        said = bytes([(len(said) + 1) // 2]) + said
        if used - len(said) - 1 < 4 * (count + 2) + 13 * (count + 1):
            break
        used = (used - len(said)) // 2 * 2
        kept.append(said)
        count += 1
    page = bytearray(512)
    struct.pack_into(f"<{count + 1}I", page, 0, begin, *ends[first : first + count])
    place = 511
    for number, said in enumerate(kept):
        place = (place - len(said)) // 2 * 2
        page[place : place + len(said)] = said
        page[4 * (count + 1) + 13 * number] = place // 2
    page[511] = count
    return bytes(page), first + count


def _container(streams: dict[str, bytes]) -> bytes:
    """An OLE container of streams, each of 4,096 bytes or more so that it has sectors of its own."""
    free, end, table = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    chain, sectors, entries = [table, end], b"", list[tuple[str, int, int, int]]()
    for name, said in streams.items():
        size = max(4096, len(said))
        padded = said + bytes(size - len(said)) + bytes(-size % 512)
        first, count = len(chain), len(padded) // 512
        chain += [*range(first + 1, first + count), end]
        sectors += padded
        entries.append((name, 2, first, size))
    assert len(chain) <= 128, "more than one sector of the table of sectors"
    directory = b""
    for number, (name, kind, first, size) in enumerate([("Root Entry", 5, end, 0), *entries]):
        named = (name + "\0").encode("utf-16-le")
        # Each stream is the right-hand sibling of the one before it; the first is the root's child.
        right = number + 1 if 0 < number < len(entries) else free
        child = 1 if number == 0 else free
        directory += named + bytes(64 - len(named)) + struct.pack("<HBB", len(named), kind, 1)
        directory += struct.pack("<III", free, right, child) + bytes(36) + struct.pack("<IQ", first, size)
    directory += bytes(512 - len(directory))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, end, 0, end, 0) + struct.pack("<109I", 0, *[free] * 108)
    return head + struct.pack("<128I", *chain, *[free] * (128 - len(chain))) + directory + sectors


WRITERS: dict[str, Callable[[Path, Sequence[Line]], None]] = {
    "rtf": write_rtf,
    "docx": write_docx,
    "odt": write_odt,
    "pdf": write_pdf,
    "doc": write_doc,
}
