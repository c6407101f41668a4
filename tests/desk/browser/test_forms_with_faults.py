"""A form that was filled in wrongly bars nobody, and what is wrong in it is met first."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.desk.browser.barriers import found_in
from tests.desk.browser.conftest import Opened

pytestmark = pytest.mark.slow

SENT = """([action, values]) => {
  const form = [...document.forms].find((each) => each.method === "post"
    && new URL(each.action).pathname === action);
  for (const [name, value] of Object.entries(values))
    for (const field of form.querySelectorAll(`[name="${name}"]`))
      if (field.type === "checkbox") field.checked = value === field.value;
      else if (field.tagName !== "BUTTON") field.value = value;
  form.noValidate = true;
  form.requestSubmit(form.querySelector(`button[value="${values.do}"]`));
}"""
"""Sends a form with these values, whatever the browser would say of them."""

FORMS = (
    ("/new-round", "/new-round", {"name": "sent"}),
    ("/rounds/drafts/settings", "/rounds/drafts/settings", {"national/total": "mange"}),
    ("/rounds/drafts/settings/text", "/rounds/drafts/settings/text", {"text": "x ="}),
    ("/rounds/sent/answers", "/rounds/sent/answers", {"who": "Ingensteds", "decided": "ti"}),
    ("/rounds/sent/answers?show=overdue", "/rounds/sent/answers/remind", {"new_name": "sent"}),
    ("/rounds/approved/send", "/rounds/approved/send", {"typed": "approve"}),
    ("/rounds/approved/send", "/rounds/approved/trial", {"redirect_to": "x@annet.no"}),
    ("/rounds/drafts/send-back", "/rounds/drafts/send-back", {"reason": " "}),
    ("/rounds/approved/withdraw", "/rounds/approved/withdraw", {"reason": " "}),
    ("/rounds/drafts/approve", "/rounds/drafts/approve", {"shown": "0"}),
    ("/rounds/sent/messages/0214/1", "/rounds/sent/messages/0214/1/settle", {"seen": "7"}),
    ("/rounds/drafts/ask", "/rounds/drafts/ask", {"shown": "0"}),
    (
        "/templates/edit/request/letter?round=drafts",
        "/templates/edit/request/letter",
        {"text0": "{{ money }}", "do": "save"},
    ),
)
"""A page, where its form goes, and what is wrong in it."""


def sent(page: Page, base: str, shown_on: str, action: str, values: Mapping[str, str]) -> None:
    page.goto(base + shown_on)
    with page.expect_navigation():
        page.evaluate(SENT, [action, dict(values)])


@pytest.mark.parametrize(("shown_on", "action", "values"), FORMS, ids=lambda each: str(each)[:40])
def test_what_is_wrong_is_met_first_and_leads_to_its_field(
    opened: Opened, shown_on: str, action: str, values: Mapping[str, str]
) -> None:
    page = opened("hege")
    base = page.url.removesuffix("/rounds")
    sent(page, base, shown_on, action, values)
    told = page.locator("main .ds-error-summary, main .ds-alert[role=alert]").first
    expect(told).to_be_focused()
    assert not (found := found_in(page)), "\n".join(found)
    for link in told.get_by_role("link").all():
        target = str(link.get_attribute("href"))
        if target.startswith("#"):
            field = page.locator(f'[id="{target[1:]}"]')
            expect(field).to_be_attached()


ANSWER = "kommunenummer;vedtatt;vedtaksdato\n0219;8;4.1.2018\n"
FILES = (
    ("/rounds/drafts/allocation", "x.csv", "kommunenummer;antall\n0214;ti\n"),
    ("/rounds/drafts/allocation", "x.xlsx", "PK no spreadsheet"),
    ("/rounds/sent/answers/import", "x.csv", "kommunenummer;vedtatt\n0214;ti\n"),
    (
        "/rounds/sent/answers/import",
        "x.csv",
        "kommunenummer;vedtatt;vedtaksdato\n0219;8;4.1.2018\n",
    ),
    ("/verify", "x.pdf", "%PDF no letter"),
    ("/returned", "x.eml", "Subject: Borte\nFrom: ola@as.kommune.example\n\nIkke her\n"),
)


@pytest.mark.parametrize(("path", "name", "text"), FILES)
def test_what_is_said_of_a_file_bars_nobody(
    opened: Opened, tmp_path: Path, path: str, name: str, text: str
) -> None:
    page = opened("hege")
    page.goto(page.url.removesuffix("/rounds") + path)
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    page.locator("input[type=file]").set_input_files(file)
    with page.expect_navigation():
        page.locator("form:has(input[type=file])").evaluate("(form) => form.submit()")
    expect(page.locator("main .ds-alert, main .ds-error-summary").first).to_be_visible()
    assert not (found := found_in(page)), "\n".join(found)


def test_what_is_refused_and_what_is_not_there_bar_nobody(opened: Opened) -> None:
    page = opened("ola", "make")
    base = page.url.removesuffix("/rounds")
    found = []
    for path in ("/rounds/nothing", "/rounds/sent/letters/9999", "/rounds/drafts/withdraw"):
        page.goto(base + path)
        found += found_in(page)
    page.goto(base + "/rounds/approved/approve")
    found += found_in(page)
    page.context.clear_cookies()
    for path in ("/rounds", "/enter?code=old"):
        page.goto(base + path)
        expect(page.get_by_role("heading", level=1)).to_have_text("Logg inn")
        found += found_in(page)
    assert not found, "\n".join(found)
