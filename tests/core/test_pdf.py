"""Tagged documents: what is refused, how they look to a screen reader, and what veraPDF says."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pikepdf
import pytest
from pypdf import PdfReader

from pool.core.pdf import Attachment, Column, Document, Link, Run, Sender, render
from pool.core.pdf.fonts import FontsMissing
from tests.support import pdftext, verapdf

ROOT = Path(__file__).resolve().parents[2]
MOMENT = datetime(2026, 11, 21, 13, 30, tzinfo=UTC)


def minimal() -> Document:
    document = Document(title="Ontvangstbevestiging", moment=MOMENT)
    document.paragraph("Wij hebben uw aanvraag ontvangen.")
    return document


def letter() -> Document:
    """An award letter of three pages with everything a letter can hold."""
    document = Document(
        title="Besluit op aanvraag PP-2027-00123",
        subject="Subsidieverlening",
        moment=MOMENT,
        reference="Kenmerk PP-2027-00123",
        sender=Sender(
            "Projectenpool",
            ["Postbus 1\n2500 AA Den Haag\n", Link("www.example.nl", "https://www.example.nl")],
        ),
        attachments=[
            Attachment(
                "besluit.json",
                "application/json",
                json.dumps({"bedrag": 24800000}).encode(),
                "Besluit als gegevens",
            )
        ],
    )
    document.address(
        ["Gemeente Voorbeeld", "t.a.v. mevrouw Şahin-Łukasiewicz", "Raadhuisplein 1", "1234 AB VOORBEELD"]
    )
    document.facts(
        [("Datum", "21 november 2026"), ("Onderwerp", [Run("Besluit", bold=True), " op uw aanvraag"])]
    )
    document.heading(1, "Wij verlenen u subsidie")
    document.paragraph(
        [
            "Wij verlenen u ",
            Run("€ 248.000,00", bold=True),
            ", zie ",
            Link("de regeling", "https://www.example.nl/regeling?a=1&b=2"),
            " of ",
            Link("mail ons", "mailto:info@example.nl"),
            ".",
        ]
    )
    document.note("U ontvangt een voorschot van € 124.000,00.")
    document.heading(2, "Waarom")
    document.prose("De commissie is positief.\n\n" + "Het plan sluit goed aan bij de regio. " * 60)
    document.heading(2, "Het bedrag")
    document.table(
        "Begroting per post",
        [Column("Post"), Column("Gevraagd", width=30, numeric=True), Column("Verleend", numeric=True)],
        [[f"Fase {number}", "€ 8.000,00", Run("€ 7.500,00", italic=True)] for number in range(1, 41)],
        total=["Totaal", "€ 320.000,00", "€ 300.000,00"],
    )
    document.heading(2, "Voorwaarden")
    document.list(["U begint vóór 1 maart 2027.", "U brengt elk half jaar verslag uit."], ordered=True)
    document.heading(3, "Bezwaar")
    document.list(["binnen zes weken", ["lees ", Link("hoe het gaat", "https://www.example.nl/bezwaar")]])
    document.signature("Met vriendelijke groet,", ["de minister,", "namens deze,", "drs. A. Beslisser"])
    return document


def listing(rows: int = 80) -> Document:
    document = Document(title="Projecten per regio", moment=MOMENT, landscape=True)
    document.heading(1, "Projecten per regio")
    document.table(
        "Projecten",
        [Column("Nr.", numeric=True), Column("Project"), Column("Regio"), Column("Bedrag", numeric=True)],
        [
            [
                str(number),
                f"Samen veilig {number} " + "in de hele regio " * (number % 7),
                "Gooi- en Vechtstreek",
                f"€ {number}.000",
            ]
            for number in range(1, rows + 1)
        ],
        total=["", "Totaal", "", "€ 1.000.000"],
    )
    return document


def words(text: str) -> list[str]:
    return text.split()


# --- What is refused --------------------------------------------------------------------------------


def test_a_document_without_title_or_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="title"):
        Document(title="  ", moment=MOMENT)
    with pytest.raises(ValueError, match="time zone"):
        Document(title="Brief", moment=MOMENT.replace(tzinfo=None))


@pytest.mark.parametrize(("before", "level"), [((), 2), ((1,), 3), ((), 0), ((1, 2, 3), 4)])
def test_a_skipped_or_unknown_heading_level_is_refused(before: tuple[int, ...], level: int) -> None:
    document = minimal()
    for known in before:
        document.heading(known, "Kop")
    with pytest.raises(ValueError, match="heading level"):
        document.heading(level, "Kop")


def test_a_row_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(ValueError, match="2 columns, a row has 1"):
        minimal().table("T", [Column("a"), Column("b")], [["x"]])
    with pytest.raises(ValueError, match="2 columns, a row has 3"):
        minimal().table("T", [Column("a"), Column("b")], [], total=["x", "y", "z"])
    with pytest.raises(ValueError, match="needs columns"):
        minimal().table("T", [], [])
    with pytest.raises(ValueError, match="not wider"):
        minimal().table("T", [Column("a")] * 21, [])


@pytest.mark.parametrize("name", ["", "../besluit.json", "a\\b", "a\nb", "c:d", "besluit\u202etxt"])
def test_an_attachment_needs_a_plain_and_unique_file_name(name: str) -> None:
    with pytest.raises(ValueError, match="file name"):
        Attachment(name, "text/plain", b"", "")
    twice = Attachment("a.json", "application/json", b"", "")
    with pytest.raises(ValueError, match="different names"):
        Document(title="Brief", moment=MOMENT, attachments=[twice, twice])


def test_missing_fonts_name_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(FontsMissing, match="make assets"):
        render(minimal(), tmp_path)
    # And a failure leaves nothing behind.
    assert render(minimal()) == render(minimal())


# --- Accessible and archivable ----------------------------------------------------------------------


@pytest.mark.parametrize("make", [minimal, letter, listing])
def test_verapdf_finds_every_document_pdf_ua_1_and_pdf_a_3a(make: object) -> None:
    assert callable(make)
    verapdf.assert_accessible(render(make()))


def test_verapdf_sees_what_is_wrong() -> None:
    """The judge itself: without our marks the same file fails, for the right reasons."""
    with pikepdf.open(io.BytesIO(render(letter()))) as pdf:
        del pdf.Root.StructTreeRoot
        del pdf.Root.OutputIntents
        pdf.pages[0].Annots[0].Contents = ""
        out = io.BytesIO()
        pdf.save(out)
    accessible, archivable = verapdf.judge(out.getvalue())
    assert not accessible.compliant
    assert not archivable.compliant
    assert "6.2.4.3-2" in archivable.failures, archivable
    assert any(rule.startswith("7.") for rule in accessible.failures), accessible
    with pytest.raises(AssertionError, match="FAIL"):
        verapdf.assert_accessible(out.getvalue())


def test_without_java_or_verapdf_the_judge_names_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    import jpype

    def nothing(*_: object) -> str:
        raise ImportError

    def no_java() -> str:
        raise jpype.JVMNotFoundException

    monkeypatch.setattr(jpype, "getDefaultJVMPath", lambda: "/usr/lib/jvm/libjvm.so")
    monkeypatch.setattr(verapdf, "import_module", nothing)
    assert verapdf._java_library() == "/usr/lib/jvm/libjvm.so"
    monkeypatch.setattr(jpype, "getDefaultJVMPath", no_java)
    with pytest.raises(verapdf.VeraPdfMissing, match="default-jre-headless"):
        verapdf._java_library()
    monkeypatch.setattr(verapdf, "find_spec", lambda _: None)
    with pytest.raises(verapdf.VeraPdfMissing, match=r"requirements-dev\.txt"):
        verapdf._jar()


def test_a_screen_reader_hears_the_letter_in_order() -> None:
    root, _ = pdftext.read(render(letter()))
    assert root.role == "Document"
    roles = [node.role for node in root.inside if isinstance(node, pdftext.Node)]
    assert roles == [
        "P",
        "P",
        "P",
        "L",
        "H1",
        "P",
        "P",
        "H2",
        "P",
        "P",
        "H2",
        "Table",
        "H2",
        "L",
        "H3",
        "L",
        "P",
        "P",
    ]
    sender, contact, address = root.all("P")[:3]
    assert sender.text == "Projectenpool"
    # Line breaks are heard as spaces, or words would run together.
    assert words(contact.text) == words("Postbus 1 2500 AA Den Haag www.example.nl")
    assert words(address.text) == words(
        "Gemeente Voorbeeld t.a.v. mevrouw Şahin-Łukasiewicz Raadhuisplein 1 1234 AB VOORBEELD"
    )
    facts, ordered, loose = root.all("L")
    assert [(item.all("Lbl")[0].text, item.all("LBody")[0].text) for item in facts.all("LI")] == [
        ("Datum", "21 november 2026"),
        ("Onderwerp", "Besluit op uw aanvraag"),
    ]
    assert [label.text for label in ordered.all("Lbl")] == ["1.", "2."]
    assert [label.text for label in loose.all("Lbl")] == ["•", "•"]


def test_a_link_holds_its_text_and_its_address() -> None:
    content = render(letter())
    root, _ = pdftext.read(content)
    assert [(link.text, link.url) for link in root.all("Link")] == [
        ("www.example.nl", "https://www.example.nl"),
        ("de regeling", "https://www.example.nl/regeling?a=1&b=2"),
        ("mail ons", "mailto:info@example.nl"),
        ("hoe het gaat", "https://www.example.nl/bezwaar"),
    ]
    paragraph = next(node for node in root.all("P") if node.text.startswith("Wij verlenen u €"))
    assert paragraph.text == "Wij verlenen u € 248.000,00, zie de regeling of mail ons."


def test_a_link_over_two_lines_is_one_link_that_opens_on_both() -> None:
    document = minimal()
    document.paragraph(["Zie ", Link("een heel lange verwijzing " * 8, "https://www.example.nl/a"), "."])
    content = render(document)
    root, _ = pdftext.read(content)
    (link,) = root.all("Link")
    assert words(link.text) == words("een heel lange verwijzing " * 8)
    with pikepdf.open(io.BytesIO(content)) as pdf:
        boxes = [annotation.Rect for annotation in pdf.pages[0].Annots]
    assert len(boxes) >= 2
    assert len({str(box[1]) for box in boxes}) == len(boxes)
    verapdf.assert_accessible(content)


def test_a_table_has_headers_with_scope_and_every_row_once() -> None:
    root, pages = pdftext.read(render(listing()))
    assert len(pages) > 2
    (table,) = root.all("Table")
    assert [part.role for part in table.inside if isinstance(part, pdftext.Node)] == [
        "Caption",
        "THead",
        "TBody",
        "TFoot",
    ]
    head = table.all("THead")[0]
    assert [(cell.scope, cell.text) for cell in head.all("TH")] == [
        ("Column", "Nr."), ("Column", "Project"), ("Column", "Regio"), ("Column", "Bedrag"),
    ]  # fmt: skip
    rows = table.all("TBody")[0].all("TR")
    assert [row.all("TH")[0].text for row in rows] == [str(number) for number in range(1, 81)]
    assert {row.all("TH")[0].scope for row in rows} == {"Row"}
    assert {len(row.inside) for row in rows} == {4}
    # Headings come back on each page for the eye only.
    for page in pages[1:]:
        assert [text for text in page.artifacts if text in ("Nr.", "Project", "Regio", "Bedrag")] == [
            "Nr.", "Project", "Regio", "Bedrag",
        ]  # fmt: skip


def test_page_numbers_and_running_title_are_no_part_of_the_text() -> None:
    root, pages = pdftext.read(render(letter()))
    assert len(pages) == 3
    for number, page in enumerate(pages, start=1):
        assert f"Pagina {number} van 3" in page.artifacts
        assert "Kenmerk PP-2027-00123" in page.artifacts
        assert ("Besluit op aanvraag PP-2027-00123" in page.artifacts) == (number > 1)
    assert "Pagina" not in root.text


def test_a_row_higher_than_a_page_and_a_total_on_the_edge_lose_nothing() -> None:
    document = minimal()
    prose = " ".join(f"woord{number}" for number in range(3000))
    document.table(
        "Lang",
        [Column("Naam"), Column("Tekst")],
        [["kort", "a"], ["lang", prose], ["na", "z"]],
        total=["Som", "1"],
    )
    content = render(document)
    root, pages = pdftext.read(content)
    assert len(pages) > 3
    cells = root.all("TD")
    assert [words(cell.text) for cell in cells] == [["a"], prose.split(), ["z"], ["1"]]
    verapdf.assert_accessible(content)


@pytest.mark.parametrize("rows", range(20, 34))
def test_a_heading_never_ends_a_page_and_a_total_never_stands_alone(rows: int) -> None:
    document = minimal()
    document.table("T", [Column("Naam")], [[str(row)] for row in range(rows)], total=["Totaal"])
    document.heading(1, "Laatste kop")
    document.paragraph("Slot.")
    _, pages = pdftext.read(render(document))
    for page in pages:
        marked = list(page.marked.values())
        assert marked[-1] != "Laatste kop"
        assert marked[0] != "Totaal"


def test_a_paragraph_of_three_lines_leaves_none_alone() -> None:
    for lines in range(28, 40):
        document = Document(title="Brief", moment=MOMENT)
        for number in range(lines):
            document.paragraph(f"Regel {number}.")
        document.paragraph("eerste regel\ntweede regel\nderde regel")
        pages = [page.extract_text() for page in PdfReader(io.BytesIO(render(document))).pages]
        [here] = [page for page in pages if "derde regel" in page]
        assert "eerste regel" in here


@pytest.mark.parametrize("last", ["paragraph", "list"])
def test_a_signature_never_stands_alone(last: str) -> None:
    """Whatever the length of the letter, what stands above the signature is on its page, all of it."""
    turned = 0
    for lines in range(28, 52):
        document = Document(title="Brief", moment=MOMENT)
        for number in range(lines):
            document.paragraph(f"Regel {number}.")
        if last == "paragraph":
            document.paragraph("Aan het eind\nstaat een alinea\nvan drie regels.")
        else:
            document.list(["een", "Aan het eind\nstaat een punt\nvan drie regels."])
        document.signature("Met vriendelijke groet,", ["de minister,", "drs. A. Beslisser"])
        pages = [page.extract_text() for page in PdfReader(io.BytesIO(render(document))).pages]
        assert "drs. A. Beslisser" in pages[-1]
        assert "Aan het eind" in pages[-1]
        turned += "Regel" not in pages[-1]
    assert turned, "no length brought the signature to the edge of a page"


def test_bookmarks_language_title_and_metadata() -> None:
    content = render(letter())
    reader = PdfReader(io.BytesIO(content))
    outline = reader.outline
    assert [entry.title for entry in outline if not isinstance(entry, list)] == ["Wij verlenen u subsidie"]
    assert [entry.title for entry in outline[1] if not isinstance(entry, list)] == [
        "Waarom",
        "Het bedrag",
        "Voorwaarden",
    ]
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert str(pdf.Root.Lang) == "nl-NL"
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        assert str(pdf.docinfo.CreationDate) == "D:20261121133000Z"
        assert set(pdf.docinfo.keys()) == {
            "/Title",
            "/Subject",
            "/Author",
            "/Producer",
            "/CreationDate",
            "/ModDate",
        }
        with pdf.open_metadata() as metadata:
            assert metadata["dc:title"] == "Besluit op aanvraag PP-2027-00123"
            assert metadata["pdfaid:part"] == "3"
            assert metadata["pdfuaid:part"] == "1"
        assert pdf.Root.AF[0].AFRelationship == pikepdf.Name.Data
        assert str(pdf.Root.AF[0].EF.F.Params.ModDate) == "D:20261121133000Z"
        assert json.loads(pdf.attachments["besluit.json"].get_file().read_bytes()) == {"bedrag": 24800000}
        assert [float(side) for side in pdf.pages[0].MediaBox] == pytest.approx(
            [0, 0, 595.28, 841.89], abs=0.01
        )
    assert b"reportlab" not in content.lower()


def test_a_searcher_finds_the_same_letters_as_a_listener() -> None:
    content = render(letter())
    _, pages = pdftext.read(content)
    for page, found in zip(pages, PdfReader(io.BytesIO(content)).pages, strict=True):
        heard = "".join([*page.marked.values(), *page.artifacts])
        assert Counter("".join(found.extract_text().split())) == Counter("".join(heard.split()))


# --- Equal facts, equal bytes -----------------------------------------------------------------------

SCRIPT = """
import hashlib, sys
from tests.core.test_pdf import letter, listing
from pool.core.pdf import render
print(hashlib.sha256(render(letter()) + render(listing())).hexdigest())
"""


def elsewhere(zone: str, seed: str, locale: str) -> str:
    """The hash that another process makes of the same documents."""
    env = {"TZ": zone, "PYTHONHASHSEED": seed, "LC_ALL": locale, "PATH": "/usr/bin"}
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=ROOT, env=env, capture_output=True, text=True, check=True
    )
    return run.stdout.strip()


def test_equal_facts_give_equal_bytes_in_any_place_and_at_any_time() -> None:
    here = hashlib.sha256(render(letter()) + render(listing())).hexdigest()
    assert elsewhere("Pacific/Auckland", "1", "C") == here
    # Some dates in a PDF count whole seconds.
    time.sleep(1.1)
    assert elsewhere("America/Los_Angeles", "2", "nl_NL.UTF-8") == here


def test_the_same_moment_in_another_zone_is_the_same_and_a_second_later_is_not() -> None:
    before, document = render(letter()), letter()
    document.moment = MOMENT.astimezone(timezone(timedelta(hours=5)))
    assert render(document) == before
    document.moment += timedelta(seconds=1)
    assert render(document) != before


def test_the_order_of_documents_does_not_matter() -> None:
    first = render(letter())
    render(listing(5))
    assert render(letter()) == first


def test_importing_the_package_loads_no_pdf_library() -> None:
    script = (
        "import sys, pool.core.pdf; "
        "sys.exit(','.join({'reportlab', 'pikepdf', 'PIL', 'lxml'} & set(sys.modules)) or 0)"
    )
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr


def test_a_letter_takes_little_time() -> None:
    render(letter())
    took = []
    for _ in range(5):
        start = time.process_time()
        render(letter())
        took.append(time.process_time() - start)
    assert min(took) < 0.1
