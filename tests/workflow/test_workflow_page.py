"""The report in a real browser: what a reader sees, on a desk, on a phone, on paper, by ear, in the dark."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from mesenluth.tables.io import read_table
from mesenluth.tables.results import COHORT
from workflow.browser import opened, started
from workflow.harness import clone, mesenluth

DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
A4 = (595, 842)  # points
# Rows of a table are alike: the first of each say whether all of them can be read.
SHORT = """
for (const part of document.querySelectorAll("details")) part.open = true;
for (const row of document.querySelectorAll("tbody tr:nth-child(n + 6)")) row.remove();
"""


@pytest.fixture(scope="module")
def browser():
    with started() as found:
        yield found


@pytest.fixture(scope="module")
def report(ran):
    return ran[0] / "results/report/report.html"


def test_published_beside_computed_is_the_first_thing_on_the_page(browser, report):
    with opened(browser, report, viewport=DESK) as seen:
        assert "no patient stands behind them" in seen.page.locator(".notice").inner_text()
        first = seen.page.locator("main section").first
        assert first.get_attribute("id") == "published"
        rows = first.locator("tbody tr")
        assert rows.count() == 9
        assert all("✓" in text for text in rows.all_inner_texts())
        # On a common screen the reader sees all of it before scrolling.
        box = rows.nth(8).bounding_box()
        assert box["y"] + box["height"] < DESK["height"]


def test_a_definition_is_one_click_away(browser, report):
    with opened(browser, report, viewport=DESK) as seen:
        row = seen.page.locator("#published summary", has_text="Mesenteric objective response").first
        told = row.locator("xpath=..").get_by_text("measured by the longest diameter")
        assert not told.is_visible()
        row.click()
        expect(told).to_be_visible()
        switches = seen.page.locator("#definitions table")
        assert not switches.is_visible()
        seen.page.get_by_role("link", name="Definitions and switches").click()
        expect(switches).to_be_visible()
        expect(switches).to_contain_text("response.pr_decrease_percent")


def test_the_keyboard_reaches_everything(browser, report):
    with opened(browser, report, viewport=DESK) as seen:
        seen.page.keyboard.press("Tab")
        expect(seen.page.locator(".skip")).to_be_focused()
        seen.page.keyboard.press("Enter")
        expect(seen.page.locator("#content")).to_be_focused()
        summary = seen.page.locator("#published summary").first
        summary.focus()
        seen.page.keyboard.press("Enter")
        expect(summary.locator("xpath=..")).to_have_attribute("open", "")


@pytest.mark.parametrize("look", [{"color_scheme": "light"}, {"color_scheme": "dark"}, {"viewport": PHONE}])
def test_no_rule_of_accessibility_is_violated(browser, report, look):
    with opened(browser, report, **{"viewport": DESK, **look}) as seen:
        seen.page.evaluate(SHORT)
        found = Axe().run(seen.page)
        assert found.violations_count == 0, found.generate_report()


def test_every_figure_has_words_for_those_who_do_not_see_it(browser, report):
    with opened(browser, report, viewport=DESK) as seen:
        figures = seen.page.locator("figure")
        assert figures.count() >= 7
        for i in range(figures.count()):
            assert len(figures.nth(i).locator("img").get_attribute("alt")) > 60
            assert len(figures.nth(i).locator("figcaption").inner_text()) > 60
            expect(figures.nth(i).locator("img")).to_have_js_property("complete", True)
            assert figures.nth(i).locator("img").evaluate("image => image.naturalWidth") > 100


def test_it_fits_a_phone(browser, report):
    with opened(browser, report, viewport=PHONE) as seen:
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_it_is_dark_in_the_dark(browser, report):
    def brightness(scheme):
        with opened(browser, report, color_scheme=scheme) as seen:
            colour = seen.page.evaluate("getComputedStyle(document.body).backgroundColor")
            return sum(map(int, re.findall(r"\d+", colour)[:3])) / 3

    assert brightness("dark") < 50 < 200 < brightness("light")


def test_it_prints_on_a4(browser, report):
    with opened(browser, report, viewport=DESK) as seen:
        paper = seen.page.pdf(prefer_css_page_size=True)
        boxes = {tuple(map(round, map(float, b))) for b in re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", paper)}
        assert boxes == {A4}
        seen.page.emulate_media(media="print")
        assert not seen.page.locator(".contents").is_visible()
        # Nothing is cut off at the right edge of the sheet, 182 mm inside its margins.
        seen.page.set_viewport_size({"width": 688, "height": 1000})
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= 688


def test_the_public_page_holds_nothing_about_one_patient(ran, report):
    text = report.read_text()
    cohort = read_table(ran[0] / "results/response/all/cohort.parquet", COHORT)
    assert not set(cohort["patient_id"]) & set(re.findall(r"[0-9a-f]{16}", text))
    assert "data-ask" not in text
    assert "figure-waterfall" not in text
    # Durations of response are those of two, four and one patients.
    assert "not shown: fewer than 5 patients" in text
    assert "32.3" not in re.sub(r"data:[^\"]*", "", text)


@pytest.fixture(scope="module")
def internal(ran, tmp_path_factory):
    """The page with the patients, asked for by its name, in a copy of the project."""
    project = clone(ran[0], tmp_path_factory.mktemp("internal") / "project")
    said = mesenluth(project, "run", "--", "--cores", "1", "results/report/internal.html")
    assert said.returncode == 0, said.stdout + said.stderr
    return project / "results/report/internal.html"


def test_a_number_leads_to_its_patients_their_time_points_their_lesions_and_the_records(browser, internal):
    with opened(browser, internal, viewport=DESK) as seen:
        number = seen.page.locator("#published button.ask", has_text="2/52")
        number.click()
        panel = seen.page.get_by_role("dialog")
        expect(panel.get_by_role("heading")).to_have_text("Objective response, Mesenteric mass")
        expect(panel.locator("summary")).to_have_text(["With the event: 2 patients", "Without the event: 50 patients"])
        panel.locator(".ask-patients button:visible").first.click()
        expect(panel.get_by_role("heading")).to_contain_text("Patient ")
        points = panel.locator("[data-part=timepoints]")
        answered = points.locator("tbody tr", has_text="Mesenteric mass").filter(has_text="partial response").first
        expect(answered).to_contain_text("4.3.1")
        answered.get_by_role("button").click()
        lesions = panel.locator(".ask-lesions")
        expect(lesions).to_contain_text("target")
        expect(lesions).to_contain_text(re.compile(r"mesure:\d+:[0-9a-f]{16}"))
        assert Axe().run(seen.page).violations_count == 0
        panel.get_by_role("button", name="Back").click()
        expect(panel.locator("summary").first).to_have_text("With the event: 2 patients")
        panel.get_by_role("button", name="Close").click()
        expect(number).to_be_focused()


def test_the_keyboard_asks_and_lets_go(browser, internal):
    with opened(browser, internal, viewport=PHONE) as seen:
        seen.page.locator("#responses button.ask").first.focus()
        seen.page.keyboard.press("Enter")
        panel = seen.page.get_by_role("dialog")
        expect(panel).to_be_visible()
        expect(seen.page.locator("#ask-title")).to_be_focused()
        seen.page.keyboard.press("Tab")
        expect(seen.page.locator(".ask-close")).to_be_focused()
        seen.page.keyboard.press("Escape")
        expect(panel).to_be_hidden()


def test_a_patient_who_was_left_out_says_by_which_criterion(browser, internal):
    with opened(browser, internal, viewport=DESK) as seen:
        seen.page.locator("#flow tbody button.ask").first.click()
        panel = seen.page.get_by_role("dialog")
        expect(panel.locator("summary")).to_contain_text("Left out: not met: 332 patients")
        expect(panel.locator(".ask-patients li")).to_have_count(101)  # a hundred, and a button for more
        panel.locator(".ask-patients button.ask").first.click()
        expect(panel).to_contain_text("left out: advanced small-intestinal NET")
        expect(panel.locator("[data-part=eligibility] tbody tr")).to_have_count(4)
