"""Where the focus is: seen, in order, never caught, and kept where a part of a page is renewed."""

import pytest
from playwright.sync_api import Page, expect

from tests.desk.browser.barriers import WIDER
from tests.desk.browser.conftest import Opened
from tests.desk.browser.hands import FOCUS

pytestmark = pytest.mark.slow

PLACE = """() => {
  const all = [...document.querySelectorAll("*")];
  return all.indexOf(document.activeElement);
}"""
SPACED = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
    word-spacing: 0.16em !important } p { margin-bottom: 2em !important }`);
  document.adoptedStyleSheets = [sheet];
  const apart = ".unseen, .ds-sr-only, svg, option, textarea, .wide, .ds-skip-link";
  const held = (e) => e.closest(apart);
  return [...document.querySelectorAll("body *")].filter((e) => !held(e) && e.checkVisibility()
    && getComputedStyle(e).overflow !== "visible" && e.scrollHeight > e.clientHeight + 2
    && getComputedStyle(e).overflowY === "hidden").map((e) => e.outerHTML.slice(0, 120));
}"""
"""Spaces the text as who reads badly may do it (WCAG 1.4.12); what is cut off then."""
LARGE = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("html { font-size: 200% !important }");
  document.adoptedStyleSheets = [sheet];
}"""
PAGES = (
    "/rounds",
    "/new-round",
    "/rounds/drafts",
    "/rounds/drafts/settings",
    "/rounds/new/allocation",
    "/rounds/drafts/letters",
    "/rounds/drafts/letters/0214",
    "/rounds/drafts/approve",
    "/rounds/approved/send",
    "/rounds/sent/answers",
    "/templates/edit/request/letter",
    "/municipalities/0214",
    "/log",
)


def at(page: Page, path: str) -> None:
    page.goto(page.url.partition("//")[0] + "//" + page.url.split("/")[2] + path)


@pytest.mark.parametrize("path", [each for each in PAGES if not each.endswith("answers")])
def test_the_focus_is_seen_goes_in_order_and_is_never_caught(opened: Opened, path: str) -> None:
    page = opened("hege")
    at(page, path)
    places: list[int] = []
    unseen: list[object] = []
    for _ in range(600):
        page.keyboard.press("Tab")
        found = page.evaluate(FOCUS)
        if found is None:
            break
        place = page.evaluate(PLACE)
        if place in places[-1:]:  # a date has several parts
            continue
        if place in places:
            break
        places.append(place)
        if not found["is_seen"] or not found["is_within"]:
            unseen.append(found)
    all_fields = page.locator("a[href], button, input:not([type=hidden]), select, textarea")
    to_reach = all_fields.filter(visible=True).count()
    assert len(places) >= to_reach * 0.85  # of radio buttons one is reached by Tab
    assert unseen == []
    assert places == sorted(places)


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_cut_off_where_text_is_spaced_or_large(opened: Opened, path: str) -> None:
    page = opened("hege")
    at(page, path)
    assert page.evaluate(SPACED) == []
    page.set_viewport_size({"width": 640, "height": 450})  # as 1280 px at 200 %
    assert page.evaluate(WIDER) == ""
    page.set_viewport_size({"width": 1280, "height": 900})
    page.evaluate(LARGE)
    assert page.evaluate(WIDER) == ""


def test_the_first_step_leads_past_the_head_of_the_page(opened: Opened) -> None:
    page = opened("hege")
    at(page, "/rounds/drafts")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Hopp til innholdet")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.locator("main :focus").count() == 1


def test_the_focus_stays_where_letters_are_searched_for(opened: Opened) -> None:
    page = opened("hege")
    at(page, "/rounds/drafts/letters")
    search = page.get_by_label("Søk")
    search.focus()
    page.keyboard.type("ås")
    expect(page.get_by_text("1 av 3 brev")).to_be_visible()
    expect(search).to_be_focused()
    page.keyboard.type("x")
    expect(page.get_by_text("0 av 3 brev")).to_be_visible()
    expect(search).to_have_value("åsx")
    assert "q=%C3%A5sx" in page.url


def test_the_table_of_letters_is_walked_by_keys(opened: Opened) -> None:
    page = opened("hege")
    at(page, "/rounds/drafts/letters")
    page.get_by_role("link", name="0214 Ås").focus()
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="0219 Bærum")).to_be_focused()
    page.keyboard.press("x")
    expect(page.get_by_label("Velg 0219 Bærum")).to_be_checked()
    expect(page.get_by_text("1 valgt", exact=True)).to_be_visible()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("link", name="0214 Ås")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("0214 Ås")
