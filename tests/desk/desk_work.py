"""Working with the desk as a browser without scripts does."""

import re
from html import unescape

from starlette.testclient import TestClient

from brevgen.desk.work import WorkOfAll


def begun(browser: TestClient, answer_to: str, **form: object) -> str:
    """Begin work, and wait for its end; the page that tells of it."""
    answer = browser.post(answer_to, headers={"Origin": str(browser.base_url)}, data=form)
    assert answer.status_code == 303, answer.text
    work: WorkOfAll = browser.app.state.work  # type: ignore[attr-defined]
    work.wait(answer.headers["location"].removeprefix("/work/"), 120)
    return words(browser.get(answer.headers["location"]).text)


def field(text: str, name: str) -> list[str]:
    """The values of hidden fields of a form."""
    return [part.partition('"')[0] for part in text.split(f'name="{name}" value="')[1:]]


def fields(text: str, action: str = "") -> dict[str, list[str]]:
    """The hidden fields of the last form of a page that goes there."""
    forms = [form for form in re.findall(r"<form[^>]*>.*?</form>", text, re.S) if action in form]
    found: dict[str, list[str]] = {}
    hidden = r'<input type="hidden" name="(\w+)" value="(.*?)">'
    for name, value in re.findall(hidden, forms[-1], re.S):
        found.setdefault(name, []).append(unescape(value))
    return found


def words(text: str) -> str:
    """What a page says, without its tags."""
    body = text.partition("<main")[2] or text
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", body)).split())
