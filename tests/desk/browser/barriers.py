"""What bars somebody from a page, as far as a program can see it."""

from collections.abc import Mapping

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.support.browser import RULES

ALL = {"runOnly": RULES, "resultTypes": ["violations"]}
COLOURS = {
    "runOnly": {"type": "rule", "values": ["color-contrast", "target-size"]},
    "resultTypes": ["violations"],
}
AXE = Axe()

WIDER = """() => {
  const most = document.documentElement.clientWidth;
  const held = (e) => e.closest(".wide, .unseen, .ds-sr-only, .ds-skip-link");
  const found = [...document.querySelectorAll("body *")].filter(
    (e) => e.getBoundingClientRect().right > most + 1 && !held(e) && e.checkVisibility()
  );
  const is_wider = document.documentElement.scrollWidth > most;
  return is_wider || found.length ? [document.documentElement.scrollWidth - most,
    ...found.slice(0, 3).map((e) => e.outerHTML.slice(0, 120))].join(" | ") : "";
}"""
"""What reaches beyond the window, or makes the page wider; tables may be moved by themselves."""


def barriers(page: Page, *, rules: Mapping[str, object] = ALL) -> list[str]:
    """What axe finds in a page."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.axe_script)
    found = page.evaluate("(options) => axe.run(document, options)", dict(rules))
    return [
        f"{each['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
        for each in found["violations"]
        for node in each["nodes"][:3]
    ]


def seen_at(page: Page, width: int, *, dark: bool = False) -> list[str]:
    """What is too wide in a window of some width."""
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme="dark" if dark else "light")
    wider = page.evaluate(WIDER)
    return [f"wider than {width} px: {wider}"] if wider else []


def found_in(page: Page) -> list[str]:
    """What bars somebody from the page that is shown: wide and light, narrow and dark."""
    found = barriers(page)
    found += seen_at(page, 320)
    found += seen_at(page, 400, dark=True)
    found += barriers(page, rules=COLOURS)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme="light")
    return found
