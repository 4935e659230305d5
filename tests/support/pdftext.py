"""Reads a PDF as a screen reader does: through the structure tree, with ActualText, without artifacts."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pikepdf


@dataclass
class Node:
    """An element of the structure: its role, its scope, the address it opens, and what is inside, in order."""

    role: str
    scope: str = ""
    url: str = ""
    inside: list[Node | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(part if isinstance(part, str) else part.text for part in self.inside)

    def walk(self) -> Iterator[Node]:
        yield self
        for part in self.inside:
            if isinstance(part, Node):
                yield from part.walk()

    def all(self, role: str) -> list[Node]:
        return [node for node in self.walk() if node.role == role]


@dataclass
class Page:
    marked: dict[int, str]
    artifacts: list[str]


def read(content: bytes) -> tuple[Node, list[Page]]:
    """The structure tree with its text, and each page with its marked text and artifacts."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        pages = [_page(page) for page in pdf.pages]
        numbers = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
        return _node(pdf.Root.StructTreeRoot.K, pages, numbers), pages


def _node(element: Any, pages: list[Page], numbers: dict[Any, int]) -> Node:
    attributes = element.get("/A", {})
    node = Node(str(element.S)[1:], str(attributes.get("/Scope", ""))[1:])
    for kid in element.get("/K", []):
        kind = str(kid.get("/Type"))
        if kind == "/MCR":
            node.inside.append(pages[numbers[kid.Pg.objgen]].marked[int(kid.MCID)])
        elif kind == "/OBJR":
            node.url = str(kid.Obj.A.URI)
        else:
            node.inside.append(_node(kid, pages, numbers))
    return node


def _page(page: Any) -> Page:
    fonts = {name: _characters(font) for name, font in page.Resources.Font.items()}
    found = Page({}, [])
    open_marks: list[tuple[str, int | None, str | None]] = []
    font: dict[int, str] = {}

    def add(text: str) -> None:
        mark = next((number for _, number, _ in reversed(open_marks) if number is not None), None)
        if mark is not None:
            found.marked[mark] = found.marked.get(mark, "") + text
        elif open_marks:
            found.artifacts.append(text)
        else:
            raise AssertionError(f"text outside the structure: {text!r}")

    instructions: list[Any] = list(pikepdf.parse_content_stream(page))
    for operands, operator in instructions:
        match str(operator):
            case "BMC":
                open_marks.append((str(operands[0]), None, None))
            case "BDC":
                properties = operands[1]
                mark = int(properties.MCID) if "/MCID" in properties else None
                if mark is not None:
                    assert mark not in found.marked, "a mark is opened twice"
                    found.marked[mark] = ""
                real = str(properties.ActualText) if "/ActualText" in properties else None
                open_marks.append((str(operands[0]), mark, real))
            case "EMC":
                real = open_marks[-1][2]
                if real is not None:
                    add(real)
                open_marks.pop()
            case "Tf":
                font = fonts[str(operands[0])]
            case "Tj":
                if not any(real is not None for _, _, real in open_marks):
                    add("".join(font[code] for code in bytes(operands[0])))
    assert not open_marks
    return found


def _characters(font: Any) -> dict[int, str]:
    """What each code of a font stands for: the ranges and single codes of its ToUnicode table."""
    table = font.ToUnicode.read_bytes().decode("ascii")
    found = {}
    for block in re.findall(r"beginbfrange(.*?)endbfrange", table, re.DOTALL):
        for first, last, targets in re.findall(r"<(\w+)>\s*<(\w+)>\s*(<\w+>|\[[^\]]*\])", block):
            given = [bytes.fromhex(target).decode("utf-16-be") for target in re.findall(r"<(\w+)>", targets)]
            for at, code in enumerate(range(int(first, 16), int(last, 16) + 1)):
                found[code] = given[at] if targets[0] == "[" else chr(ord(given[0]) + at)
    for block in re.findall(r"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        for code, target in re.findall(r"<(\w+)>\s*<(\w+)>", block):
            found[int(code, 16)] = bytes.fromhex(target).decode("utf-16-be")
    return found
