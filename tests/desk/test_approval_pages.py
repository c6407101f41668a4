"""The way to an approval in the desk: asked for, read, approved as shown, sent back, withdrawn."""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.policy import default
from html import unescape
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from brevgen.actor import Actor, Role
from brevgen.desk.app import make_app
from brevgen.desk.visitors import Visits
from brevgen.ledger.passkey_signature import from_base64url
from brevgen.ledger.reader import LedgerReader
from brevgen.seal.test_key import load_test_key
from tests.desk.conftest import Clock
from tests.desk.desk_work import begun, fields, words
from tests.support.made_rounds import give_key
from tests.support.passkeys import Device
from tests.support.post_office import PostOffice
from tests.support.samples import ROWS, make_round, make_workspace
from tests.support.sessions import approved, generated, session

HOST = "localhost:8123"
ORIGIN = f"http://{HOST}"
FROM_HERE = {"Origin": ORIGIN}
ROUND = "/rounds/trial"
Browser = Callable[..., TestClient]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with two drafts, and the TEST key."""
    place = make_workspace(tmp_path_factory.mktemp("made") / "workspace", ())
    make_round(place, ROWS[:2])
    generated(place)
    load_test_key(place)
    return place


@pytest.fixture(scope="module")
def approved_before(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with two final letters."""
    place = shutil.copytree(made, tmp_path_factory.mktemp("approved") / "workspace")
    approved(place)
    return place


@pytest.fixture
def place(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "workspace")


@pytest.fixture
def enter(place: Path, clock: Clock) -> Iterator[Browser]:
    """Let somebody into the desk; several may be there."""
    visits = Visits(clock)
    app = make_app(place, clock, visits, [HOST])

    def enter_as(account: str, *roles: Role) -> TestClient:
        browser = TestClient(app, base_url=ORIGIN, follow_redirects=False, headers=FROM_HERE)
        actor = Actor(account, roles=roles) if roles else Actor(account)
        browser.get("/enter", params={"code": visits.new_code(actor)})
        return browser

    with TestClient(app):
        yield enter_as


def states(place: Path) -> set[str]:
    with session(place) as opened:
        return {each.state for each in opened.letters()}


def test_a_request_is_seen_by_who_approves_until_it_is_answered(
    enter: Browser, place: Path
) -> None:
    anne, hege = enter("anne", "make"), enter("hege", "approve")
    shown = anne.get(f"{ROUND}/ask").text
    assert "Be om godkjenning av 2 brev" in shown
    asked = {**fields(shown), "whom": "Hege Aspelund", "note": "Se på <b>fristen</b>"}
    assert anne.post(f"{ROUND}/ask", data=asked).status_code == 303

    for page in (f"{ROUND}/approve", ROUND, f"{ROUND}/letters/0214"):
        text = hege.get(page).text
        assert "anne ba Hege Aspelund" in text
        assert "Se på &lt;b&gt;fristen&lt;/b&gt;" in text
    assert "2 brev venter på godkjenning" in anne.get(f"{ROUND}/ask").text

    back = {"only": ["0214"], "reason": "Feil frist"}
    assert hege.post(f"{ROUND}/send-back", data=back).status_code == 303
    for page in (ROUND, f"{ROUND}/letters/0214"):
        assert "Feil frist" in anne.get(page).text
    assert re.search(rf'href="{ROUND}/letters/0214">Se på 1 brev', anne.get(ROUND).text)
    seen = anne.get(f"{ROUND}/letters/0214").text
    assert "så kan det godkjennes" not in seen
    assert f'href="{ROUND}/ask?only=0214">Be om godkjenning på nytt' in seen
    assert "Be om godkjenning av 1 brev" in anne.get(f"{ROUND}/ask").text
    assert "Godkjenn dette brevet" not in hege.get(f"{ROUND}/letters/0214").text
    assert "Godkjenn dette brevet" in hege.get(f"{ROUND}/letters/0219").text
    left = hege.get(f"{ROUND}/approve").text
    assert "Godkjenn 1 brev" in left
    assert "det er sendt tilbake" in left
    taken = fields(anne.get(f"{ROUND}/ask").text, "take-back")
    assert anne.post(f"{ROUND}/ask/take-back").status_code == 409  # which names no letter
    assert anne.post(f"{ROUND}/ask/take-back", data=taken).status_code == 303
    assert "Be om godkjenning av 2 brev" in anne.get(f"{ROUND}/ask").text


def test_a_reason_and_a_letter_are_asked_for_and_what_was_typed_is_kept(enter: Browser) -> None:
    browser = enter("hege")
    browser.post(f"{ROUND}/ask", data=fields(browser.get(f"{ROUND}/ask").text))
    lacking = browser.post(f"{ROUND}/send-back", data={"only": ["0214"], "reason": " "})
    assert (lacking.status_code, 'href="#reason"' in lacking.text) == (422, True)
    none = browser.post(f"{ROUND}/send-back", data={"reason": "Feil tall"})
    assert (none.status_code, 'href="#letters"' in none.text) == (422, True)
    assert ">Feil tall</textarea>" in none.text


def test_the_letter_that_is_sent_back_is_not_looked_for_among_all(enter: Browser) -> None:
    browser = enter("hege")
    browser.post(f"{ROUND}/ask", data=fields(browser.get(f"{ROUND}/ask").text))
    chosen, _, others = browser.get(f"{ROUND}/send-back?only=0219").text.partition("<details")
    assert re.findall(r'name="only" value="(\d+)" (\w*)', chosen) == [("0219", "checked")]
    assert re.findall(r'name="only" value="(\d+)" (\w*)', others) == [("0214", "")]
    all_of_them = browser.get(f"{ROUND}/send-back").text
    assert all_of_them.count(" checked>") == 2
    assert "<details" not in all_of_them


def test_who_has_read_what_is_shown_to_who_approves(enter: Browser) -> None:
    browser = enter("hege", "approve")
    form = fields(browser.get(f"{ROUND}/letters/0214").text, "/read")
    read = browser.post(f"{ROUND}/letters/0214/read", data={**form, "note": "Tallet er høyt"})
    assert read.status_code == 303
    assert "Tallet er høyt" in browser.get(f"{ROUND}/letters/0214").text
    shown = browser.get(f"{ROUND}/approve").text
    assert "hege har lest 1 av 2, slik de er nå." in shown
    assert "Tallet er høyt" in shown
    assert re.search(r"1 av \d er lest", words(shown))
    assert browser.post(f"{ROUND}/letters/0214/read", data={"note": "x"}).status_code == 409


def test_the_ledgers_witness_is_told_and_the_receipt_mailed(enter: Browser, place: Path) -> None:
    give_key(place)
    with PostOffice() as office:
        with (place / "brevgen.toml").open("a", encoding="utf-8") as file:
            file.write('\n[approval]\nreceipts_to = ["hasp@imdi.example"]\n[mail.smtp]\n')
            file.write(f'host = "127.0.0.1"\nport = {office.port}\ntls = "none"\n')
        browser = enter("hege", "approve")
        done = begun(browser, f"{ROUND}/approve", **fields(browser.get(f"{ROUND}/approve").text))
        (arrived,) = office.mailbox

    (witness,) = (place / "data/witness").glob("*.json")
    assert f"hvor langt protokollen var kommet: data/witness/{witness.name}." in done
    with LedgerReader(place / "data/ledger.sqlite3") as ledger:
        seen = ledger.mark()
    mail = message_from_bytes(arrived.data, policy=default)
    assert mail["Subject"] == "Kvittering: 2 brev godkjent, runde trial"
    assert seen.hash in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert arrived.to == ("hasp@imdi.example",)


@pytest.mark.slow
def test_what_is_shown_is_approved_even_where_the_receipt_cannot_be_mailed(
    enter: Browser, place: Path
) -> None:
    with (place / "brevgen.toml").open("a", encoding="utf-8") as file:
        file.write('\n[approval]\nreceipts_to = ["hasp@imdi.example"]\n')
        file.write('[mail.smtp]\nhost = "127.0.0.1"\nport = 9\ntls = "none"\n')
    browser = enter("hege", "approve")
    shown = browser.get(f"{ROUND}/approve").text
    assert "Godkjenn 2 brev" in shown
    assert "Hege Aspelund" in shown
    done = begun(browser, f"{ROUND}/approve", **fields(shown))
    assert "2 brev godkjent" in done
    assert "Ingen kvittering ble sendt (" in done
    assert "ikke noe du kan godkjenne her" in browser.get(f"{ROUND}/approve").text
    assert states(place) == {"final"}


def test_where_a_letter_has_changed_meanwhile_it_is_said_what_and_asked_anew(
    enter: Browser, place: Path
) -> None:
    browser = enter("hege", "approve")
    form = fields(browser.get(f"{ROUND}/approve").text)
    make_round(place, ROWS[:2], deadline="2018-01-10")
    stale = browser.post(f"{ROUND}/approve", data=form)
    assert stale.status_code == 409
    assert "det finnes ikke noe utkast som sier det brevet" in words(stale.text)

    generated(place)
    changed = browser.post(f"{ROUND}/approve", data=form)
    assert changed.status_code == 409
    assert "Ingenting ble godkjent" in changed.text
    assert re.search(r"<del>.*6\. januar 2018.*</del> <ins>.*10\. januar 2018", changed.text)
    assert states(place) == {"draft"}
    assert "Godkjenn 2 brev" in changed.text


def test_where_another_has_approved_meanwhile_it_is_said(enter: Browser, place: Path) -> None:
    browser = enter("hege", "approve")
    form = fields(browser.get(f"{ROUND}/approve").text)
    approved(place, account="per", only=["Ås"])
    stale = browser.post(f"{ROUND}/approve", data=form)
    assert stale.status_code == 409
    assert "0214 Ås: Statusen er nå" in words(stale.text)
    assert "Godkjenn 1 brev" in stale.text


def test_letters_that_the_account_may_not_approve_are_left_out_with_the_reason(
    enter: Browser, place: Path
) -> None:
    settings = place / "brevgen.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(f"{text}\n[approval]\nfour_eyes = true\n", encoding="utf-8")
    shown = enter("anne").get(f"{ROUND}/approve").text
    assert "2 brev: kontoen anne laget utkastet" in words(shown)
    assert "Godkjenn 2" not in shown
    assert "Godkjenn 2 brev" in enter("hege").get(f"{ROUND}/approve").text


@pytest.mark.parametrize("role", ["make", "send", "follow up", "administer"])
def test_who_has_not_the_role_sees_and_cannot(enter: Browser, place: Path, role: Role) -> None:
    form = fields(enter("hege").get(f"{ROUND}/approve").text)
    browser = enter("per", role)
    shown = browser.get(f"{ROUND}/approve")
    assert (shown.status_code, "Godkjenn 2 brev" in shown.text) == (200, False)
    with session(place) as opened:
        assert opened.ledger.last_shown("trial", "per") == {}
    for address in ("approve", "send-back", "withdraw"):
        data = {**form, "reason": "Feil"}
        assert browser.post(f"{ROUND}/{address}", data=data).status_code in (403, 409)
    if role != "make":
        assert browser.post(f"{ROUND}/ask", data=form).status_code in (403, 409)
        assert browser.post(f"{ROUND}/letters/0214/read").status_code in (403, 409)
    assert states(place) == {"draft"}


def test_an_approval_is_withdrawn_with_a_reason_and_what_goes_with_it_is_named(
    approved_before: Path, enter: Browser, place: Path
) -> None:
    shutil.rmtree(place)
    shutil.copytree(approved_before, place)
    browser = enter("hege", "approve")
    assert f'href="{ROUND}/withdraw?only=0214"' in browser.get(f"{ROUND}/letters/0214").text
    shown = browser.get(f"{ROUND}/withdraw", params={"only": "0214"}).text
    assert "2 forseglede filer" in shown
    form = fields(shown)
    assert browser.post(f"{ROUND}/withdraw", data=form).status_code == 422
    bare = {"only": ["0214"], "reason": "Feil tall"}
    assert browser.post(f"{ROUND}/withdraw", data=bare).status_code == 409
    assert browser.post(f"{ROUND}/withdraw", data={"reason": "Feil tall"}).status_code == 409
    gone = browser.post(f"{ROUND}/withdraw", data={**form, "reason": "Feil tall"})
    assert (gone.status_code, gone.headers["location"]) == (303, f"{ROUND}/letters/0214")
    assert "Godkjenningen er trukket" in browser.get(f"{ROUND}/letters/0214").text
    assert states(place) == {"to make", "final"}


# -- passkeys -------------------------------------------------------------------------------------


def asked_of_device(text: str) -> dict[str, object]:
    """What a page asks the browser to ask a device."""
    (asked,) = re.findall(r'data-passkey="([^"]*)"', text)
    found: dict[str, object] = json.loads(unescape(asked))
    return found


def challenge(text: str) -> bytes:
    return from_base64url(str(asked_of_device(text)["challenge"]))


def register(browser: TestClient, device: Device, name: str = "telefon") -> None:
    new = device.registers(challenge(browser.get("/account").text), origin=ORIGIN, name=name)
    form = {
        "name": new.name,
        "credential_id": new.credential_id,
        "client_data": new.client_data,
        "attestation": new.attestation,
        "transports": "internal",
    }
    answer = browser.post("/account/passkeys", data=form)
    assert answer.status_code == 303, answer.text


def signed(text: str, device: Device, **wrong: object) -> dict[str, object]:
    """The form of the approval as the browser fills it."""
    given = device.signs(wrong.pop("over", challenge(text)), **wrong)  # type: ignore[arg-type]
    return {
        **fields(text),
        "credential_id": given.credential_id,
        "authenticator_data": given.authenticator_data,
        "client_data": given.client_data,
        "signature": given.signature,
    }


def require_passkeys(place: Path) -> None:
    settings = place / "brevgen.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(f'{text}\n[approval]\npasskey = "required"\n', encoding="utf-8")


def test_an_approval_is_signed_where_that_is_required(enter: Browser, place: Path) -> None:
    require_passkeys(place)
    browser, device = enter("hege", "approve"), Device()
    lacking = browser.get(f"{ROUND}/approve").text
    assert 'href="/account"' in lacking
    assert "Godkjenn 2 brev" not in lacking
    register(browser, device)
    assert "telefon" in browser.get("/account").text
    shown = browser.get(f"{ROUND}/approve").text

    unsigned = browser.post(f"{ROUND}/approve", data=fields(shown))
    assert unsigned.status_code == 409
    assert "ikke signert med passnøkkel" in unsigned.text
    assert "2 brev godkjent" in begun(browser, f"{ROUND}/approve", **signed(shown, device))
    assert "signert med passnøkkel" in browser.get(f"{ROUND}/letters/0214").text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"over": b"other letters"}, "Den ble laget for andre brev"),
        ({"origin": "https://evil.example"}, "Den ble laget på https://evil.example"),
        ({"flags": 1}, "Enheten kontrollerte ikke hvem som var der"),
    ],
)
def test_a_signature_that_does_not_hold_is_refused_with_the_reason(
    enter: Browser, place: Path, wrong: dict[str, object], said: str
) -> None:
    browser, device = enter("hege", "approve"), Device()
    register(browser, device)
    shown = browser.get(f"{ROUND}/approve").text
    refused = browser.post(f"{ROUND}/approve", data=signed(shown, device, **wrong))
    assert (refused.status_code, said in refused.text) == (409, True)
    assert states(place) == {"draft"}


def test_a_removed_passkey_or_that_of_another_is_refused(enter: Browser) -> None:
    hege, per = enter("hege", "approve"), enter("per", "approve")
    mine, his = Device(b"mine"), Device(b"his")
    register(hege, mine)
    register(per, his, name="Pers nøkkel")
    shown = hege.get(f"{ROUND}/approve").text
    other = hege.post(f"{ROUND}/approve", data=signed(shown, his))
    assert (other.status_code, "ikke registrert på hege" in other.text) == (409, True)
    assert "Pers nøkkel" not in hege.get("/account").text
    forbidden = hege.post("/account/passkeys/remove", data={"credential_id": his.credential_id})
    assert forbidden.status_code == 409
    key = {"credential_id": mine.credential_id}
    assert hege.post("/account/passkeys/remove", data=key).status_code == 303
    gone = hege.post(f"{ROUND}/approve", data=signed(shown, mine))
    assert (gone.status_code, "er fjernet" in gone.text) == (409, True)


@pytest.mark.slow
def test_without_being_required_the_passkey_may_be_left_in_the_pocket(enter: Browser) -> None:
    browser = enter("hege", "approve")
    register(browser, Device())
    shown = browser.get(f"{ROUND}/approve").text
    assert "Godkjenn uten passnøkkel" in shown
    assert "2 brev godkjent" in begun(browser, f"{ROUND}/approve", **fields(shown))


def test_on_a_desk_without_a_name_it_is_said_how_to_get_one(place: Path, clock: Clock) -> None:
    visits = Visits(clock)
    host = "127.0.0.1:8123"
    with TestClient(
        make_app(place, clock, visits, [host]), base_url=f"http://{host}", follow_redirects=False
    ) as browser:
        browser.get("/enter", params={"code": visits.new_code(Actor("hege"))})
        text = browser.get("/account").text
    assert "localhost" in text
    assert "data-passkey" not in text
