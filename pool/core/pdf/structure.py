"""The structure tree: what a screen reader reads, apart from how the page looks."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Marked:
    """A stretch of content on a page (counted from 0) that belongs to an element."""

    page: int
    mark: int


@dataclass(frozen=True, slots=True)
class Annotation:
    """A rectangle on a page (counted from 0), in points, that opens an address."""

    page: int
    box: tuple[float, float, float, float]
    url: str
    text: str


class Element:
    """A node of the tree. `attributes` are Scope (of a table header) and ListNumbering."""

    def __init__(self, role: str, parent: "Element | None" = None, **attributes: str) -> None:
        self.role = role
        self.attributes = attributes
        self.children: list[Element | Marked | Annotation] = []
        if parent is not None:
            parent.children.append(self)
