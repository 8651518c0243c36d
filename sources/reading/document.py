"""Text documents (DOCX, DOC, RTF, ODT, PDF) as grids: a row a paragraph, columns where the tab stops are.

Reports that a program prints to a document have no tables: each line is a paragraph whose cells stand at tab stops,
and a blank cell leaves neither a tab nor a stop behind. So a cell's column is told by where its stop is on the page
(in a PDF, by where the words are), never by how many cells stand before it. What a file is, is told by its bytes:
RTF is often published under a name that ends in ``.doc``.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from operator import itemgetter
from typing import Any

from sources.errors import ReadError
from sources.reading import PublishedFile
from sources.reading.grid import Grid

#: Stops are measured in twips, a twentieth of a point. Two that are nearer than this are the same column.
_SAME_COLUMN = 300
_TWIPS = {"in": 1440.0, "cm": 1440 / 2.54, "mm": 144 / 2.54, "pt": 20.0}


@dataclass
class _Line:
    """A paragraph: its cells by the place where each stands."""

    cells: dict[int, str] = field(default_factory=dict)


def grid(file: PublishedFile) -> Grid:
    """A document as a grid: a row a paragraph that says something, its first column at the left margin.

    A line whose cells cannot be placed (it has more of them than stops, or two in one column) is left whole, with tabs
    between its cells, in its first column. A table with borders is not told from text. Raises ReadError where the bytes
    are no document of a kind that is read here, are cut short or are locked.
    """
    raw = file.path.read_bytes()
    read = _reader_of(raw, file.name)
    try:
        lines = list(read(raw))
    except ReadError:
        raise
    except Exception as error:  # a broken document raises whatever its library comes upon
        raise ReadError(
            "the document cannot be read",
            file=file.name,
            found=f"{type(error).__name__}: {error}",
            advice="It may have been cut short",
        ) from error
    lines = [line for line in lines if line.cells]
    columns = _columns(sorted({place for line in lines for place in line.cells}))
    width = max(columns.values(), default=-1) + 1
    return Grid([_row(line, columns, width) for line in lines], file.name)


def _row(line: _Line, columns: dict[int, int], width: int) -> list[str | None]:
    row: list[str | None] = [None] * width
    for place, text in line.cells.items():
        at, mark = columns[place], re.fullmatch(r"[*†‡]+", text)
        if row[at] is None:
            row[at] = text
        elif mark:  # a footnote's mark has a stop of its own, beside that of its figure
            row[at] = f"{row[at]} {text}"
        else:
            return ["\t".join(line.cells.values()) if c == columns[min(line.cells)] else None for c in range(width)]
    return row


def _reader_of(raw: bytes, name: str) -> Callable[[bytes], Iterator[_Line]]:
    if raw.startswith(b"{\\rtf"):
        return _rtf
    if raw.startswith(b"%PDF"):
        return _pdf
    if raw.startswith(b"\xd0\xcf\x11\xe0"):
        return _doc
    if raw.startswith(b"PK\x03\x04"):
        # An ODT begins with its media type, uncompressed; a DOCX does not.
        return _odt if b"application/vnd.oasis.opendocument.text" in raw[:200] else _docx
    raise ReadError(
        "the bytes are of no kind of document that is read here",
        file=name,
        expected="DOCX, DOC, RTF, ODT or PDF",
        found=repr(raw[:16]) if raw else "nothing",
        advice="An error page saved under the file's name looks like this",
    )


def _columns(places: list[int]) -> dict[int, int]:
    """The column of each place, places that are near each other being one."""
    columns: dict[int, int] = {}
    column, last = -1, None
    for place in places:
        if last is None or place - last > _SAME_COLUMN:
            column += 1
        columns[place], last = column, place
    return columns


def _line(text: str, stops: list[int]) -> _Line:
    """A paragraph's text with its cells at its stops; a line that begins with words has the first at its margin."""
    pieces = [re.sub(r"\s+", " ", piece).strip() for piece in text.replace("\N{NO-BREAK SPACE}", " ").split("\t")]
    places = sorted(stops)
    if len(pieces) > 1 and not pieces[0]:
        pieces = pieces[1:]
    elif not places or len(pieces) == len(places) + 1:
        places = [0, *places]
    if not any(pieces):
        return _Line()
    if len(pieces) > len(places):
        return _Line({0: "\t".join(pieces)})
    return _Line({place: piece for place, piece in zip(places, pieces, strict=False) if piece})


# RTF, after Microsoft's Rich Text Format specification 1.9.1.

_RTF_TOKEN = re.compile(
    r"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|[\r\n]+|([^\\{}\r\n]+)", re.DOTALL
)
#: Groups that hold no text of the body; those that a ``\*`` begins are told by it.
_RTF_ASIDE = re.compile(
    r"(font|color|file|rev)tbl|stylesheet|info|pict|object|(header|footer)[lrf]?|footnote|annotation"
)
_RTF_SIGNS = {
    "emdash": "\N{EM DASH}",
    "endash": "\N{EN DASH}",
    "lquote": "\N{LEFT SINGLE QUOTATION MARK}",
    "rquote": "\N{RIGHT SINGLE QUOTATION MARK}",
    "ldblquote": "\N{LEFT DOUBLE QUOTATION MARK}",
    "rdblquote": "\N{RIGHT DOUBLE QUOTATION MARK}",
    "bullet": "\N{BULLET}",
    "tab": "\t",
    "line": " ",
}
_RTF_BREAKS = {"par", "sect", "page", "row"}


def _rtf(raw: bytes) -> Iterator[_Line]:
    if not raw.rstrip(b"\0\r\n \t").endswith(b"}"):
        raise ValueError("the outermost group is not closed")
    # A group's stops end with it; what it says stays.
    stops, is_aside, skipped_after_unicode = list[int](), False, 1
    outer: list[tuple[list[int], bool, int]] = []
    text: list[str] = []
    to_skip = 0
    for token in _RTF_TOKEN.finditer(raw.decode("cp1252", errors="replace")):
        word, number, code, sign, brace, plain = token.groups()
        if brace == "{":
            outer.append((stops, is_aside, skipped_after_unicode))
            to_skip = 0
        elif brace == "}":
            if not outer:
                raise ValueError("a group ends that has not begun")
            stops, is_aside, skipped_after_unicode = outer.pop()
            to_skip = 0
        elif sign == "*" or (word and _RTF_ASIDE.fullmatch(word)):
            is_aside = True
        elif is_aside:
            continue
        elif word in _RTF_BREAKS:
            yield _line("".join(text), stops)
            text = []
        elif word == "pard":
            stops = []
        elif word == "tx":
            stops = [*stops, int(number)]
        elif word == "uc":
            skipped_after_unicode = int(number or 1)
        elif word == "u":
            text.append(chr(int(number) % 65536))
            to_skip = skipped_after_unicode
        elif word:
            text.append(_RTF_SIGNS.get(word, ""))
        elif code or sign or plain:
            said = (
                bytes.fromhex(code).decode("cp1252", errors="replace") if code else {"~": " "}.get(sign, sign) or plain
            )
            text.append(said[to_skip:])
            to_skip = max(0, to_skip - len(said))
    if outer:
        raise ValueError(f"{len(outer)} groups are not closed")
    yield _line("".join(text), stops)


def _docx(raw: bytes) -> Iterator[_Line]:
    from docx import Document
    from docx.oxml.ns import qn

    paragraph, tab, text, line_break = qn("w:p"), qn("w:tab"), qn("w:t"), qn("w:br")
    value, position, properties = qn("w:val"), qn("w:pos"), qn("w:pPr")
    for element in Document(BytesIO(raw)).element.body.iter(paragraph):
        said: list[str] = []
        stops: list[int] = []
        for part in element.iter(tab, text, line_break):
            if part.tag == text:
                said.append(part.text or "")
            elif part.tag == line_break:
                said.append(" ")
            elif part.get(position) is None:
                said.append("\t")
            elif part.get(value) != "clear" and any(above.tag == properties for above in part.iterancestors()):
                stops.append(int(part.get(position)))
        yield _line("".join(said), stops)


def _odt(raw: bytes) -> Iterator[_Line]:
    from odf.namespaces import TEXTNS
    from odf.opendocument import load
    from odf.style import Style, TabStop

    document: Any = load(BytesIO(raw))
    stops_of: dict[str, list[int]] = {}
    for style in document.getElementsByType(Style):
        stops = [_twips(str(stop.getAttribute("position"))) for stop in style.getElementsByType(TabStop)]
        stops_of[str(style.getAttribute("name"))] = stops
    # In the order of the document: odfpy finds one kind of element at a time.
    for element in _elements(document.text, {(TEXTNS, "p"), (TEXTNS, "h")}):
        yield _line("".join(_odt_text(element)), stops_of.get(str(element.getAttribute("stylename")), []))


def _twips(length: str) -> int:
    found = re.fullmatch(r"(-?[\d.]+)(in|cm|mm|pt)", length)
    if not found:
        raise ValueError(f"[{length}] is not a length")
    return round(float(found[1]) * _TWIPS[found[2]])


def _elements(node: Any, names: set[tuple[str, str]]) -> Iterator[Any]:
    for child in node.childNodes:
        if getattr(child, "qname", None) in names:
            yield child
        else:
            yield from _elements(child, names)


def _odt_text(node: Any) -> Iterator[str]:
    for child in node.childNodes:
        if child.nodeType == child.TEXT_NODE:
            yield str(child.data)
        elif child.qname[1] in {"tab", "s", "line-break"}:
            yield "\t" if child.qname[1] == "tab" else " "
        else:
            yield from _odt_text(child)


#: In a PDF, what stands further than this from a column of figures is no part of it.
_NEAR = 720
_PRINTED_FIGURE = re.compile(r"-?\d{1,3}(,?\d{3})*(\.\d+)?%?")


def _pdf(raw: bytes) -> Iterator[_Line]:
    """A PDF has words and where they are: those before the first figure of a line are its first cell, the others belong
    to the nearest column of figures."""
    import pdfplumber
    from pdfplumber.utils.clustering import cluster_objects

    with pdfplumber.open(BytesIO(raw)) as document:
        pages = [page.extract_words() for page in document.pages]
    places = sorted(_middle(word) for words in pages for word in words if _PRINTED_FIGURE.fullmatch(word["text"]))
    columns: dict[int, list[int]] = {}
    for place, column in _columns(places).items():
        columns.setdefault(column, []).append(place)
    # A page's number or a year in a sentence is no column.
    middles = [sum(near) // len(near) for near in columns.values() if sum(places.count(p) for p in near) >= len(pages)]
    for words in pages:
        for same_line in cluster_objects(words, itemgetter("top"), tolerance=3):
            in_order = sorted(same_line, key=itemgetter("x0"))
            figures = [number for number, word in enumerate(in_order) if _PRINTED_FIGURE.fullmatch(word["text"])]
            cells: dict[int, str] = {}
            for number, word in enumerate(in_order):
                nearest = min(middles, key=lambda middle: abs(middle - _middle(word)), default=0)
                is_label = (figures and number < figures[0]) or abs(nearest - _middle(word)) > _NEAR
                place = 0 if is_label else nearest
                cells[place] = f"{cells[place]} {word['text']}" if place in cells else word["text"]
            yield _Line(cells)


def _middle(word: dict[str, Any]) -> int:
    return round(20 * (word["x0"] + word["x1"]) / 2)


# DOC, after Microsoft's [MS-DOC] Word (.doc) Binary File Format.

_FIB_MAGIC, _FIB_ENCRYPTED, _FIB_TABLE_1 = 0xA5EC, 0x0100, 0x0200
_FIB_CCP_TEXT, _FIB_PAPX, _FIB_CLX = 0x4C, 0x102, 0x1A2
_SPRM_CHANGE_TABS = 0xC60D
#: The length of a property's operand by the top bits of its code; None where it says so itself.
_OPERANDS = (1, 1, 2, 4, 2, 2, None, 3)
_DOC_PAGE = 512


def _doc(raw: bytes) -> Iterator[_Line]:
    import olefile

    with olefile.OleFileIO(BytesIO(raw)) as container:
        if not container.exists("WordDocument"):
            raise ValueError("it is no Word document")
        main = container.openstream("WordDocument").read()
        magic, flags = struct.unpack_from("<H", main, 0)[0], struct.unpack_from("<H", main, 10)[0]
        if magic != _FIB_MAGIC or flags & _FIB_ENCRYPTED:
            raise ValueError("it is of a version before Word 97, or locked")
        table = container.openstream("1Table" if flags & _FIB_TABLE_1 else "0Table").read()
    stops_at = _doc_stops(main, table)
    text: list[str] = []
    is_code = False
    for place, letter in _doc_letters(main, table):
        if letter in "\x13\x14\x15":  # a field begins with its code, then comes what it shows
            is_code = letter == "\x13"
        elif is_code:
            continue
        elif letter in "\r\x07\x0c":
            yield _line("".join(text), stops_at(place))
            text = []
        elif letter >= " " or letter in "\t\x0b":
            text.append(letter.replace("\x0b", " "))
    yield _line("".join(text), [])


def _doc_letters(main: bytes, table: bytes) -> Iterator[tuple[int, str]]:
    """Each letter of the main text with its place in the stream, piece by piece as the document was put together."""
    start, length = struct.unpack_from("<II", main, _FIB_CLX)
    clx = table[start : start + length]
    while clx[:1] == b"\x01":  # changes that are made to pieces as a whole
        clx = clx[3 + struct.unpack_from("<H", clx, 1)[0] :]
    if clx[:1] != b"\x02":
        raise ValueError("the table of pieces is not where it should be")
    pieces = clx[5 : 5 + struct.unpack_from("<I", clx, 1)[0]]
    count = (len(pieces) - 4) // 12
    ends = struct.unpack_from(f"<{count + 1}I", pieces)
    left = struct.unpack_from("<I", main, _FIB_CCP_TEXT)[0]
    for number in range(count):
        letters = min(ends[number + 1] - ends[number], left)
        at = struct.unpack_from("<I", pieces, 4 * (count + 1) + 8 * number + 2)[0]
        is_narrow, at = bool(at & 0x40000000), at & 0x3FFFFFFF
        at, width = (at // 2, 1) if is_narrow else (at, 2)
        found = main[at : at + letters * width]
        if len(found) < letters * width:
            raise ValueError("the text ends before it should")
        said = found.decode("cp1252" if is_narrow else "utf-16-le", errors="replace")
        yield from ((at + place * width, letter) for place, letter in enumerate(said))
        left -= letters


def _doc_stops(main: bytes, table: bytes) -> Callable[[int], list[int]]:
    """Gives the tab stops of the paragraph that a place in the stream is in."""
    from bisect import bisect_right

    start, length = struct.unpack_from("<II", main, _FIB_PAPX)
    count = (length - 4) // 8
    pages = struct.unpack_from(f"<{count}I", table, start + 4 * (count + 1))
    begins: list[int] = []
    stops: list[list[int]] = []
    for number in pages:
        page = main[number * _DOC_PAGE : (number + 1) * _DOC_PAGE]
        runs = page[-1]
        for run in range(runs):
            begins.append(struct.unpack_from("<I", page, 4 * run)[0])
            offset = 2 * page[4 * (runs + 1) + 13 * run]
            stops.append(_tab_stops(_properties(page, offset)) if offset else [])
    order = sorted(range(len(begins)), key=begins.__getitem__)
    begins, stops = [begins[i] for i in order], [stops[i] for i in order]
    return lambda place: stops[bisect_right(begins, place) - 1] if begins and place >= begins[0] else []


def _properties(page: bytes, offset: int) -> bytes:
    """A paragraph's list of properties, without the number of its style."""
    words = page[offset]
    first, length = (offset + 1, 2 * words - 1) if words else (offset + 2, 2 * page[offset + 1])
    return page[first + 2 : first + length]


def _tab_stops(properties: bytes) -> list[int]:
    at, found = 0, list[int]()
    while at + 2 <= len(properties):
        code = struct.unpack_from("<H", properties, at)[0]
        length = _OPERANDS[code >> 13]
        first = at + 2 + (length is None)
        if length is None:
            length = properties[at + 2]
        if code == _SPRM_CHANGE_TABS:
            deleted = properties[first]
            added = first + 1 + 2 * deleted
            found = list(struct.unpack_from(f"<{properties[added]}h", properties, added + 1))
        at = first + length
    return found
