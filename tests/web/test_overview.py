"""The overview by theme and region: it counts like the annex, and the document is accessible."""

from __future__ import annotations

import datetime as dt
import io

from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from pool.awards.states import Outcome
from pool.core.pdf import render
from pool.rounds.models import Round, Scheme
from pool.web import overview
from pool.web.queries import LAST, Award, Place
from tests.conftest import Client
from tests.support import verapdf
from tests.support.followup_factory import make_known, make_project
from tests.support.pages import heading, read, words
from tests.support.world import World

THEMES = [Place(f"thema-{n}", f"Thema {n}") for n in range(4)]
REGIONS = [Place(f"regio-{n}", f"Regio {n}") for n in range(6)]
ROUND = Round(
    slug="ronde",
    title="Ronde 2019",
    year=2019,
    invented="De bedragen zijn verzonnen.",
    scheme=Scheme(slug="pool", name="Projectenpool"),
)
MOMENT = dt.datetime(2019, 6, 20, 10, tzinfo=dt.UTC)


def award(title: str, theme: Place | None, *regions: Place, invented: bool = False) -> Award:
    return Award(
        reference="X-1",
        title=title,
        round=ROUND,
        municipality="Gemeente Voorbeeld",
        theme=theme,
        theme_order=THEMES.index(theme) if theme else LAST,
        regions=regions,
        outcome=Outcome.AWARDED,
        amount=100,
        decided_on=dt.date(2019, 6, 20),
        invented=invented,
    )


def test_without_awards_there_is_no_overview() -> None:
    assert overview.build([]) is None


@given(
    st.lists(
        st.tuples(
            st.sampled_from([*THEMES, None]),
            st.lists(st.sampled_from(REGIONS), min_size=1, max_size=6, unique_by=lambda r: r.slug),
        ),
        min_size=1,
        max_size=30,
    )
)
def test_every_project_stands_once_at_each_of_its_regions(
    made: list[tuple[Place | None, list[Place]]],
) -> None:
    awards = [award(f"Project {n}", theme, *regions) for n, (theme, regions) in enumerate(made)]
    found = overview.build(awards)
    assert found is not None
    placed = sorted(
        (theme.name, region.slug, a.title)
        for theme in found.themes
        for region in theme.regions
        for a in region.awards
    )
    assert placed == sorted((a.theme_name, r.slug, a.title) for a in awards for r in a.regions)
    assert (found.projects, found.entries) == (len(awards), len(placed))
    assert sum(theme.projects for theme in found.themes) == found.projects
    assert sum(theme.entries for theme in found.themes) == found.entries
    assert len(overview.csv_rows(found)) == found.entries
    assert found.regions == len({slug for _theme, slug, _title in placed})


def test_marks_as_in_the_annex() -> None:
    one, two, three = REGIONS[:3]
    found = overview.build(
        [
            award("Samen", THEMES[0], one, two),
            award("Alleen", THEMES[0], three),
            award("Nog een", THEMES[0], three),
            award("Zonder thema", None, one),
        ]
    )
    assert found is not None
    assert [(r.name, r.mark) for r in found.themes[0].regions] == [
        ("Regio 0", "*"),
        ("Regio 1", "*"),
        ("Regio 2", " (2x)"),
    ]
    # A scheme without themes stands as a theme of its own, as the shelter experiments do.
    assert found.themes[-1].name == "Projectenpool"


def test_the_document_is_accessible_and_the_same_for_the_same_facts() -> None:
    hostile = 'A & B <b>"x"</b> <img src=x>'
    awards = [award(f"Project {n}", THEMES[n % 4], REGIONS[n % 6], REGIONS[(n + 1) % 6]) for n in range(40)]
    awards.append(award(hostile, THEMES[0], REGIONS[0], invented=True))
    found = overview.build(awards)
    assert found is not None
    content = render(overview.document(found, MOMENT))
    assert content == render(overview.document(found, MOMENT))
    verapdf.assert_accessible(content)
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    said = " ".join(text.split())
    assert "De bedragen zijn verzonnen." in said
    assert "(verzonnen)" in said
    assert "<img src=x>" in said


def test_the_page_the_spreadsheet_and_the_document_say_the_same(client: Client, world: World) -> None:
    round_ = world.round(ceiling=100_000_000, invented="De bedragen zijn verzonnen.")
    make_project(world, round_, title="Samen sterk", regions=("kennemerland", "zeeland"))
    make_project(world, round_, "applicant_b", title="Buurtteam", theme="plegeraanpak")
    make_known(world, round_)
    page = read(client.get("/register/ronde-1/overzicht"))
    assert heading(page) == "Overzicht per thema en regio"
    said = words(page)
    assert "De bedragen zijn verzonnen." in said
    assert [h.get_text() for h in page.select("main article h3")] == ["MDA++", "Plegeraanpak"]
    assert [li.get_text() for li in page.select("main article li")] == [
        "Kennemerland*",
        "Zeeland*",
        "IJsselland",
    ]
    assert "Samen sterk *" in said
    figures = [dd.get_text(strip=True) for dd in page.select(".pp-figures__value")]
    assert figures[:4] == ["2", "3", "2", "3"]
    answer = client.get("/register/ronde-1/overzicht.pdf")
    assert answer.mimetype == "application/pdf"
    text = PdfReader(io.BytesIO(answer.data)).pages[0].extract_text()
    assert "Kennemerland*, Zeeland*" in text
    assert client.get("/register/ronde-1/overzicht.csv").text.count("Samen sterk") == 2
