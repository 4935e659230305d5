"""Text of others in documents (threat T34): shown as it is, never run, never fetched, never a crash."""

from __future__ import annotations

import io
import socket
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from pool.core.pdf import Attachment, Column, Document, Link, Run, Sender, render
from pool.core.pdf import lines as lines_module
from pool.core.pdf.lines import safe_url
from tests.support import pdftext, verapdf

MOMENT = datetime(2026, 11, 21, 13, 30, tzinfo=UTC)

MARKUP = [
    "A & B <b>",
    "<b>open <i>gekruist</b></i>",
    '<img src="/etc/passwd" width="10" height="10"/>',
    '<img src="https://www.example.org/x.png"/>',
    '<link href="javascript:alert(1)">klik</link>',
    '<a href="file:///etc/passwd">klik</a>',
    "<para><onDraw name='x' label='y'/></para>",
    "<font color=\"[[[getattr(pow,'__globals__')]]]\">x</font>",
    "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>&e;",
    "&lt;b&gt; &amp; &#0; &nbsp;",
    "(haakjes) \\ \\( \\) ) Tj ET EMC /Artifact BMC",
    "%PDF-1.7 endstream endobj",
    "{{ 7*7 }} ${7*7} =1+1 @SUM(A1)",
    "]]> <?xpacket end='r'?> </rdf:RDF>",
]
"""Drawn and read back letter for letter."""

STRANGE = [
    "",
    "   \t ",
    "\n\n\n",
    "\x00\x01\x07\x08\x0b\x0c\x1b\x7f\x85",
    "NUL \x00 in het midden",
    "omgekeerd \u202e txt.exe \u2066 \u2069 \u200f",
    "nul\u200bbreed\ufeff, zacht\u00adafbreken",
    "שלום עולם", "مرحبا بالعالم", "你好，世界" * 100, "👩‍👩‍👧‍👦 🇳🇱 👍🏽",
    "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘!͖̬̰̙̗̿̋ͥͥ̂ͣ̐́́͜͞",
    "los \ud800 half paar \udfff",
    "\ue000\uf8ff\U000f0000\ufffe\uffff\U0010ffff",
    "ﬁ ﷺ ① Ａ ½ ℃ e\u0301 \u0301",
    "w" * 2_000,
    "abc-def/" * 300,
    "woord " * 500,
    "a\u00a0b\u202fc\u2003d\u3000e\u2028f\u2029g",
]  # fmt: skip


def everywhere(text: str) -> Document:
    """The text in every place that takes text."""
    document = Document(
        title=f"Titel {text}",
        subject=text,
        reference=text,
        moment=MOMENT,
        sender=Sender(text, [text, Link(text, "https://www.example.nl")]),
        attachments=[Attachment("feiten.json", "application/json", b"{}", text)],
    )
    document.address([text, text])
    document.facts([(text, text), ("Naam", [Run(text, bold=True), Run(text, italic=True)])])
    document.heading(1, text)
    document.heading(2, text)
    document.paragraph(text)
    document.prose(text)
    document.note(text)
    document.list([text, Run(text, bold=True, italic=True)])
    document.list([text], ordered=True)
    document.table(
        text,
        [Column(text), Column(text, numeric=True)],
        [[text, text], ["", Link(text, text)]],
        total=[text, text],
    )
    document.signature(text, [text, text])
    return document


@pytest.fixture(autouse=True)
def _no_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here may open a connection: each attempt fails the test."""

    def refuse(*_: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def addresses(content: bytes) -> list[str]:
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return [str(note.A.URI) for page in pdf.pages for note in page.get("/Annots", [])]


def objects(content: bytes) -> Iterator[pikepdf.Object]:
    with pikepdf.open(io.BytesIO(content)) as pdf:
        for thing in pdf.objects:
            if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
                yield thing


# --- Links ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    ["", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\nscript:alert(1)", " javascript:alert(1)", "data:text/html,x",
     "file:///etc/passwd", "ftp://example.nl", "//example.nl", "www.example.nl", "/pad", "vbscript:x", "http:", "http://",
     "https:///pad", "mailto:", "https://a b.nl", "https://a\x00b.nl", "https://a\u202eb.nl", "http://[::1", "launch:calc",
     "https://\ud800.nl"],
)  # fmt: skip
def test_only_web_and_mail_addresses_open(url: str) -> None:
    assert safe_url(url) is None
    document = Document(title="Brief", moment=MOMENT)
    document.paragraph(["Zie ", Link("hier", url), "."])
    content = render(document)
    assert addresses(content) == []
    # What does not open is still there to read.
    root, _ = pdftext.read(content)
    assert root.text == "Zie hier."
    assert root.all("Link") == []


@pytest.mark.parametrize(
    ("url", "opened"),
    [
        ("https://www.example.nl/a?b=1&c=2#d", "https://www.example.nl/a?b=1&c=2#d"),
        ("HTTP://example.nl", "HTTP://example.nl"),
        ("mailto:info@example.nl?subject=a%20b", "mailto:info@example.nl?subject=a%20b"),
        ('https://example.nl/(a)<b>\\"é', "https://example.nl/(a)%3Cb%3E%5C%22%C3%A9"),
    ],
)
def test_an_address_is_plain_ascii(url: str, opened: str) -> None:
    document = Document(title="Brief", moment=MOMENT)
    document.paragraph(Link("hier", url))
    assert addresses(render(document)) == [opened]


# --- Markup and strange characters ------------------------------------------------------------------


@pytest.mark.parametrize("text", MARKUP)
def test_markup_is_text_like_any_other(text: str) -> None:
    content = render(everywhere(text))
    root, _ = pdftext.read(content)
    expected = text.split()
    assert root.all("H1")[0].text.split() == expected
    assert root.all("Caption")[0].text.split() == expected
    assert {tuple(cell.text.split()) for cell in root.all("TD") if cell.text} == {tuple(expected)}
    found = "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    assert "".join(expected) in "".join(found.split())
    assert set(addresses(content)) == {"https://www.example.nl"}
    for thing in objects(content):
        assert thing.get("/Subtype") != "/Image"
        assert not {"/JS", "/JavaScript", "/Launch", "/OpenAction", "/AA", "/RichMedia"} & set(thing.keys())
    with pikepdf.open(io.BytesIO(content)) as pdf, pdf.open_metadata() as metadata:
        assert str(metadata["dc:title"]).split() == ["Titel", *expected]


def test_all_markup_together_is_accessible() -> None:
    verapdf.assert_accessible(render(everywhere("\n".join(MARKUP))))


@pytest.mark.parametrize("text", STRANGE, ids=range(len(STRANGE)))
def test_strange_text_never_fails(text: str) -> None:
    content = render(everywhere(text))
    root, pages = pdftext.read(content)
    assert len(pages) >= 1
    heard = "".join(root.all("H1")[0].text.split())
    assert not any(ord(char) < 32 or char in "\u202e\u2066\u200b\ufeff\ufffe" for char in heard)


def test_strange_text_stays_accessible_and_archivable() -> None:
    short = [text[:400] for text in STRANGE]
    verapdf.assert_accessible(render(everywhere("\n".join(short))))


def test_empty_text_everywhere_is_accessible() -> None:
    verapdf.assert_accessible(render(everywhere("")))


@pytest.mark.parametrize("text", ["שלום", "你好", "👍", "😀x", "Ａé"])
def test_what_the_fonts_lack_is_a_box_that_keeps_its_text(text: str) -> None:
    document = Document(title="Brief", moment=MOMENT)
    document.paragraph(["Naam: ", text, "."])
    root, _ = pdftext.read(render(document))
    assert root.text == f"Naam: {text}."


def test_a_very_long_title_costs_no_time_on_each_page() -> None:
    document = Document(title="w" * 50_000, reference="w" * 50_000, moment=MOMENT)
    document.list(["regel"] * 600)
    start = time.process_time()
    render(document)
    assert time.process_time() - start < 2


@pytest.mark.parametrize("text", ["℃", "ﬃﬃ", "woord", "www", "你好 ½", "\u0301"])
def test_the_narrowest_columns_still_come_to_an_end(text: str) -> None:
    document = Document(title="Brief", moment=MOMENT)
    document.table("T", [Column(text, width=1000), *[Column(text)] * 19], [[text] * 20])
    root, _ = pdftext.read(render(document))
    assert len(root.all("TD")) == 19
    assert {"".join(cell.text.split()) for cell in root.all("TD")} == {
        unicodedata.normalize("NFC", text).replace(" ", "")
    }


def test_characters_without_meaning_are_boxes_without_text() -> None:
    document = Document(title="Brief", moment=MOMENT)
    document.paragraph("a\ue000b\uffffc\U0010ffffd\ud800e\uf8ff")
    root, _ = pdftext.read(render(document))
    assert root.text == "a□b□c□d□e□"


def test_no_word_is_lost_over_lines_and_pages() -> None:
    text = " ".join(f"woord{number}" for number in range(5000))
    document = Document(title="Brief", moment=MOMENT)
    document.paragraph(text)
    document.paragraph("w" * 20_000)
    document.facts([("Naam", text)])
    root, pages = pdftext.read(render(document))
    assert len(pages) > 10
    assert [part.text.split() for part in root.all("P")] == [text.split(), ["w" * 20_000]]
    assert root.all("LBody")[0].text.split() == text.split()


def test_nothing_is_drawn_outside_the_page() -> None:
    document = everywhere("w" * 600 + " " + "breed " * 60)
    with pikepdf.open(io.BytesIO(render(document))) as pdf:
        for page in pdf.pages:
            for operands, operator in pikepdf.parse_content_stream(page):
                if str(operator) == "Tm":
                    assert 40 < float(operands[4]) < 560
                    assert 30 < float(operands[5]) < 830


@given(st.text(max_size=60))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_renders_and_is_read_back(text: str) -> None:
    document = Document(title="Brief", moment=MOMENT)
    document.paragraph(["begin ", text, " einde"])
    root, _ = pdftext.read(render(document))
    heard = root.text.split()
    assert heard[0].startswith("begin")
    assert heard[-1].endswith("einde")


def test_many_at_once_give_the_same_bytes() -> None:
    alone = [render(everywhere(text)) for text in MARKUP[:4]]
    patience = sys.getswitchinterval()
    # Change threads as often as possible, so that what they share gets mixed up.
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            together = list(pool.map(lambda text: render(everywhere(text)), MARKUP[:4] * 4))
    finally:
        sys.setswitchinterval(patience)
    assert together == alone * 4


# --- The same tests go red when the control is taken away -------------------------------------------


def test_without_the_cleaning_archivability_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    def raw(char: str, _: Callable[[str], bool]) -> tuple[str, None]:
        return char, None

    document = Document(title="Brief", moment=MOMENT)
    document.paragraph("emoji 👍 en \x07 bel")
    verapdf.assert_accessible(render(document))
    monkeypatch.setattr(lines_module, "_legible", raw)
    monkeypatch.setattr("pool.core.pdf.fonts.Faces.measure", lambda _, text, *__, **___: 5.0 * len(text))
    lines_module._reader.cache_clear()
    try:
        broken = render(document)
        with pytest.raises(AssertionError, match="FAIL"):
            verapdf.assert_accessible(broken)
    finally:
        lines_module._reader.cache_clear()


def test_without_the_check_a_script_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines_module, "safe_url", lambda url: url)
    document = Document(title="Brief", moment=MOMENT)
    document.paragraph(Link("hier", "javascript:alert(1)"))
    assert addresses(render(document)) == ["javascript:alert(1)"]


def test_mark_up_would_have_failed_in_the_paragraph_of_the_library() -> None:
    """Why text never goes through ReportLab's own Paragraph: it reads markup, opens files and fails."""
    from reportlab.platypus import Paragraph

    with pytest.raises(ValueError):
        Paragraph("A & B <b>")
    with pytest.raises(OSError):
        Paragraph('<img src="/etc/does-not-exist" width="10" height="10"/>').wrap(100, 100)


def test_nothing_in_the_package_uses_a_markup_parser() -> None:
    from pathlib import Path

    import pool.core.pdf

    for path in sorted(Path(pool.core.pdf.__file__).parent.glob("*.py")):
        assert "platypus" not in path.read_text("utf-8"), path
