"""Somebody who works with the keyboard alone: Tab, Enter, space, arrows, and typing."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

MOST_STEPS = 400
"""Times that Tab is pressed before something counts as not to be reached."""

FOCUS = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const by = (e.getAttribute("aria-labelledby") || "").split(" ").filter(Boolean);
  const text = by.map((id) => document.getElementById(id)?.textContent).join(" ")
    || e.getAttribute("aria-label")
    || [...(e.labels || [])].map((label) => label.textContent).join(" ")
    || e.textContent;
  const style = getComputedStyle(e);
  const box = e.getBoundingClientRect();
  return {
    tag: e.tagName.toLowerCase(), type: e.type || "", name: text.replace(/\\s+/g, " ").trim(),
    is_seen: (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0)
      || style.boxShadow !== "none" || e.matches(".ds-skip-link, [type=date]"),
    is_within: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    value: e.value ?? "",
  };
}"""
"""What has the focus: its name, and whether one sees that it has it."""


class Hands:
    """A person before a page, who has no mouse.

    Args:
        page: the browser's.
        base: the desk's address.
    """

    def __init__(self, page: Page, base: str) -> None:
        self.page, self.base = page, base
        self.unseen: set[str] = set()

    def opens(self, path: str) -> None:
        """Type an address into the browser."""
        self.page.goto(self.base + path)

    def focus(self) -> dict[str, object] | None:
        """What has the focus."""
        found: dict[str, object] | None = self.page.evaluate(FOCUS)
        return found

    def goes_to(self, name: str, tags: str) -> None:
        """Press Tab until the thing of a name has the focus; its name is a pattern."""
        passed = []
        for _ in range(MOST_STEPS):
            self.page.keyboard.press("Tab")
            found = self.focus()
            if found is None:  # the end of the page; the next Tab begins again
                passed.append("")
                continue
            if passed.count(str(found["name"])) > 2 and passed.count("") > 2:
                break
            passed.append(str(found["name"]))
            if not found["is_seen"] or not found["is_within"]:
                self.unseen.add(f"{self.page.url}: {found['tag']} {found['name']}")
            if found["tag"] in tags.split() and re.fullmatch(name, str(found["name"])):
                return
        raise AssertionError(f"{name} is not reached on {self.page.url}: {passed}")

    def presses(self, name: str) -> None:
        """Press a button."""
        self.goes_to(name, "button")
        self._leaves()

    def follows(self, name: str) -> None:
        """Follow a link; one to a page of the round may tell whether that is done, or next."""
        self.goes_to(rf"{name}( \((ferdig|neste steg)\))?", "a")
        self._leaves()

    def _leaves(self) -> None:
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def types(self, label: str, text: str) -> None:
        """Type into a field, in place of what stands there."""
        self.goes_to(label, "input textarea")
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def chooses(self, label: str, choice: str) -> None:
        """Choose from a list by the arrows."""
        self.goes_to(label, "select")
        text = "() => document.activeElement.selectedOptions[0].textContent.trim()"
        self.page.keyboard.press("Home")
        for _ in range(MOST_STEPS):
            if self.page.evaluate(text) == choice:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{label} has no {choice}")

    def marks(self, label: str) -> None:
        """Tick, or take the tick away."""
        self.goes_to(label, "input")
        self.page.keyboard.press("Space")

    def gives(self, label: str, *files: Path) -> None:
        """Choose files where they are asked for."""
        self.goes_to(label, "input")
        with self.page.expect_file_chooser(timeout=20_000) as chooser:
            self.page.keyboard.press("Space")
        chooser.value.set_files(list(files))

    def sees(self, *words: str) -> None:
        """See that the page says something."""
        text = " ".join(self.page.locator("main").inner_text().split())
        for each in words:
            assert each in text, f"{each!r} is not on {self.page.url}: {text[:2000]}"

    def waits(self, is_over: Callable[[str], bool], look_again: str) -> None:
        """Wait until a page says something; where no scripts run, by looking again and again."""
        for _ in range(MOST_STEPS):
            text = " ".join(self.page.locator("main").inner_text().split())
            if is_over(text):
                return
            if look_again:
                self.follows(look_again)
            else:
                self.page.wait_for_timeout(500)
        raise AssertionError(f"{self.page.url} never ends")
