"""The message with a letter, read back by other readers than its writer."""

import html
import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from email import message_from_bytes
from email.policy import EmailPolicy, default
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from brevgen.channels.mail.message import file_name, redirected
from brevgen.channels.mail.page import as_page
from brevgen.channels.recipients import Recipient
from brevgen.errors import Unsendable
from brevgen.findings import Findings
from brevgen.letter.content import Block, Run
from brevgen.letter.contract import check_templates
from brevgen.letter.letter import OfficeFacts
from brevgen.letter.templates import kinds_in
from tests.channels.mail.mail_samples import (
    MAYOR,
    MESSAGES,
    PDF,
    SENT_AT,
    mail,
    mail_settings,
    message_templates,
)
from tests.support.mail_reading import Read, mailbox, parameters, read
from tests.support.samples import KINDS, REFERENCE, templates

SAMI = "Guovdageaidnu – Kautokeino"


def flat(text: str) -> str:
    """A text with single spaces."""
    return " ".join(text.split())


def pairs(page: str) -> dict[str, str]:
    """The labels and values of the box of facts."""
    rows = etree.fromstring(page, etree.HTMLParser(recover=False)).iter("tr")
    return {flat("".join(th.itertext())): flat("".join(td.itertext())) for th, td in rows}


def read_mail(**changes: object) -> Read:
    return read(mail(**changes).outgoing().data)  # type: ignore[arg-type]


# -- the templates --------------------------------------------------------------------------------


def test_the_templates_of_messages_keep_the_contract_of_templates() -> None:
    findings = Findings()
    check_templates(message_templates(), KINDS, findings, shown_as="messages")
    assert findings.items == []


def test_every_kind_of_letter_has_its_message() -> None:
    assert kinds_in(MESSAGES) == kinds_in(templates().folder)


# -- the header -----------------------------------------------------------------------------------


def test_the_header_says_from_whom_to_whom_and_what() -> None:
    message = read_mail()
    assert mailbox(message["From"]) == (
        "Integrerings- og mangfoldsdirektoratet",
        "post@imdi.example",
    )
    assert mailbox(message["To"]) == ("Ordfører i Ås kommune", "ordforer@as.kommune.example")
    assert message.text("Subject") == (
        "Svar innen 6. januar: 10 flyktninger til Ås i 2018 (17-09235)"
    )
    assert parsedate_to_datetime(message["Date"]) == SENT_AT
    assert message["Date"] == "Mon, 06 Nov 2017 09:05:00 +0100"
    assert [name for name, _ in message.fields] == [
        *("Content-Type", "MIME-Version", "Date", "From", "To", "Subject", "Message-ID"),
        *("Auto-Submitted", "Content-Language"),
    ]
    assert (message["Auto-Submitted"], message["Content-Language"]) == ("auto-generated", "nb")


def test_in_nynorsk_the_whole_message_is_nynorsk() -> None:
    message = read_mail(written_form="nn")
    assert mailbox(message["From"])[0] == "Integrerings- og mangfaldsdirektoratet"
    assert message.text("Subject").startswith("Svar innan 6. januar: 10 flyktningar til")
    assert message["Content-Language"] == "nn"
    bokmaal = {"flyktninger", "bosette", "dere", "innen", "lørdag", "dem", "hilsen"}
    assert bokmaal.isdisjoint(re.findall(r"\w+", message.words))


def test_answers_go_where_the_settings_say() -> None:
    message = read_mail(settings=mail_settings(reply_to="bosetting@imdi.example"))
    assert mailbox(message["Reply-To"]) == ("", "bosetting@imdi.example")


def test_a_person_with_a_name_is_addressed_by_it() -> None:
    kari = replace(MAYOR, name="Kari Moen")
    assert mailbox(read_mail(recipient=kari)["To"])[0] == "Ordfører Kari Moen i Ås kommune"


def test_domains_with_norwegian_letters_are_ascii_in_header_and_envelope() -> None:
    to_aas = replace(MAYOR, address="ordforer@ås.example")
    out = mail(recipient=to_aas, settings=mail_settings(from_address="post@ås.example")).outgoing()
    assert out.to == "ordforer@xn--s-1fa.example"
    assert mailbox(read(out.data)["To"])[1] == out.to
    assert mailbox(read(out.data)["From"])[1] == "post@xn--s-1fa.example"
    assert out.external_id.endswith("@xn--s-1fa.example>")


# -- the words ------------------------------------------------------------------------------------

LONG = "Storfjord – Omasvuotna – Omasvuono"
"""The longest name of a municipality there is."""


@pytest.mark.parametrize(
    ("form", "first"),
    [
        (
            "nb",
            "Integrerings- og mangfoldsdirektoratet (IMDi) ber Ås kommune om å bosette"
            " 10 flyktninger i 2018 og svare innen lørdag 6. januar 2018.",
        ),
        (
            "nn",
            "Integrerings- og mangfoldsdirektoratet (IMDi) ber Ås kommune om å busette"
            " 10 flyktningar i 2018 og svare innan laurdag 6. januar 2018.",
        ),
    ],
)
def test_the_first_sentence_says_who_asks_whom_for_how_many_by_when(form: str, first: str) -> None:
    assert flat(read_mail(written_form=form).words.split("\n\n")[0]) == first


@pytest.mark.parametrize(
    ("form", "minors", "under_15", "said"),
    [
        ("nb", 0, 0, None),
        ("nb", 1, 0, "1 enslig mindreårig"),
        ("nb", 1, 1, "1 enslig mindreårig, under 15 år"),
        ("nb", 4, 0, "4 enslige mindreårige"),
        ("nb", 4, 1, "4 enslige mindreårige, 1 av dem under 15 år"),
        ("nb", 4, 4, "4 enslige mindreårige, alle under 15 år"),
        ("nn", 1, 1, "1 einsleg mindreårig, under 15 år"),
        ("nn", 4, 3, "4 einslege mindreårige, 3 av dei under 15 år"),
    ],
)
def test_minors_are_told_in_every_case(
    form: str, minors: int, under_15: int, said: str | None
) -> None:
    mail = read_mail(written_form=form, minors=minors, minors_under_15=under_15)
    facts = pairs(mail.page)
    assert facts.get("Av disse" if form == "nb" else "Av desse") == said
    assert list(facts.values())[-1] == REFERENCE


@pytest.mark.parametrize(
    ("form", "said"),
    [("nb", "Har dere spørsmål, kan dere ta"), ("nn", "Har de spørsmål, kan de ta")],
)
def test_a_letter_of_no_region_says_us_and_names_the_agency_once(form: str, said: str) -> None:
    office = OfficeFacts("IMDi", "40 00 19 60", "", "", "direktør")
    words = flat(read_mail(written_form=form, office=office).words)
    assert f"{said} kontakt med oss. Telefonnummeret er 40 00 19 60." in words
    assert re.search(r"Med h(ilsen|elsing) Integrerings- og", words)
    office = OfficeFacts("IMDi Region Øst", "", "", "", "direktør")
    words = flat(read_mail(written_form=form, office=office).words)
    assert f"{said} kontakt med IMDi Region Øst." in words


def test_the_reference_is_asked_for() -> None:
    assert f"Oppgi vår referanse, {REFERENCE}." in flat(read_mail().words)
    assert f"Oppgi referansen vår, {REFERENCE}." in flat(read_mail(written_form="nn").words)


@pytest.mark.parametrize("form", ["nb", "nn"])
def test_text_and_page_say_the_same(form: str) -> None:
    mail = read_mail(written_form=form, minors=4, minors_under_15=1)
    page = etree.fromstring(mail.page, etree.HTMLParser(recover=False))
    said = flat(" ".join(page.find("body").itertext()))
    assert said.replace(" ", "") == flat(mail.words).replace("• ", "").replace(" ", "")


@pytest.mark.parametrize("form", ["nb", "nn"])
@pytest.mark.parametrize("name", ["Ås", "Evje og Hornnes", LONG])
@pytest.mark.parametrize(("asked", "day"), [(10, date(2018, 1, 6)), (1234, date(2018, 9, 30))])
def test_a_subject_is_shown_whole_whatever_the_name(
    form: str, name: str, asked: int, day: date
) -> None:
    copied = Recipient("copied", "Kopi", "KS", "ks@ks.example")
    changes: dict[str, Any] = {"written_form": form, "name": name, "asked": asked, "deadline": day}
    for to in (MAYOR, copied):
        subject = mail(recipient=to, **changes).subject
        assert len(subject) <= 78
        assert name.partition(" – ")[0] in subject or to is copied
        assert subject.endswith(f" ({REFERENCE})"), "answers and reports are known by it"
        assert re.search(r"Svar inn[ae]n (6\. januar|30\. september): ", subject)


def test_of_parallel_names_a_long_subject_says_the_first() -> None:
    assert mail(name=SAMI).subject == (
        "Svar innen 6. januar: 10 flyktninger til Guovdageaidnu i 2018 (17-09235)"
    )


def test_words_that_have_no_room_are_left_out_before_the_reference() -> None:
    subject = mail(name="Store Lange Kommunesammenslåing og Omegn").subject
    assert subject == ("Svar innen 6. januar: 10 flyktninger til Store Lange … (17-09235)")


def test_no_line_of_the_text_is_wider_than_72() -> None:
    assert max(map(len, read_mail(name=LONG, written_form="nn").words.split("\n"))) <= 72


def test_the_page_fetches_nothing_and_has_all_looks_in_itself() -> None:
    page = etree.fromstring(read_mail().page, etree.HTMLParser(recover=False))
    assert page.getroottree().docinfo.doctype == "<!DOCTYPE html>"
    assert (page.tag, page.get("lang")) == ("html", "nb")
    assert page.findtext("head/title") == read_mail().text("Subject")
    assert {each.tag for each in page.iter()} <= {
        *("html", "head", "meta", "title", "body", "p", "br", "strong", "a"),
        *("ul", "li", "table", "tr", "th", "td"),
    }
    assert all(each.get("scope") == "row" for each in page.iter("th"))
    assert "url(" not in read_mail().page
    assert {each.get("href") for each in page.iter("a")} == {
        *("mailto:post@imdi.example", "mailto:nina.gran@ks.example"),
        "https://www.imdi.no/planlegging-og-bosetting/",
    }


def test_what_stands_beside_the_approval_stands_below_it() -> None:
    said = mail().said
    sealed = Block("closing", "approval", (Run("Kontroller seglet."),))
    page = as_page(replace(said, blocks=(*said.blocks, sealed)), "Emne")
    assert "Brevet er godkjent elektronisk.<br>\nKontroller seglet.</p>" in page


def test_names_can_never_become_markup() -> None:
    page = etree.fromstring(mail(name='<b>Bø</b> & "Nes"').page, etree.HTMLParser(recover=False))
    assert page.find(".//b") is None
    assert '<b>Bø</b> & "Nes" kommune' in flat("".join(page.find("body").itertext()))


def test_a_draft_says_so_first() -> None:
    draft = read_mail(approved=False)
    assert draft.words.startswith("UTKAST – ikke godkjent\n")
    assert "Brevet er godkjent elektronisk." not in draft.words
    assert read_mail().words.endswith("Brevet er godkjent elektronisk.\n")


# -- what is attached -----------------------------------------------------------------------------


def test_the_sealed_pdf_arrives_byte_for_byte_under_a_name_people_understand() -> None:
    words, pdf = read_mail(name="Ås").parts()
    assert words["Content-Type"].startswith("multipart/alternative;")
    assert pdf.data() == PDF
    name = "Anmodning om bosetting av flyktninger i 2018 – Ås kommune (17-09235).pdf"
    assert parameters(pdf["Content-Disposition"])["filename"] == name
    assert pdf["Content-Type"] == "application/pdf"
    assert b' filename="0214-As-17-09235.pdf"' in mail(name="Ås").outgoing().data


def test_the_word_document_goes_along_where_it_is_wanted() -> None:
    _, _, docx = read_mail(docx=b"PK word").parts()
    assert docx.data() == b"PK word"
    assert parameters(docx["Content-Disposition"])["filename"].endswith("(17-09235).docx")


@given(st.text(max_size=200))
def test_no_name_of_a_file_is_a_path_or_too_long(called: str) -> None:
    name = file_name(called, ".pdf")
    assert name.endswith(".pdf")
    assert not set(name) & set('/\\:*?"<>|\0\r\n')
    assert len(name) <= 124


# -- the whole ------------------------------------------------------------------------------------


@pytest.mark.parametrize("policy", [None, default])
def test_the_standard_library_reads_the_same_without_a_complaint(
    policy: EmailPolicy | None,
) -> None:
    data = mail(name=SAMI, docx=b"PK word").outgoing().data
    message = message_from_bytes(data, policy=policy) if policy else message_from_bytes(data)
    parts = list(message.walk())
    assert [part.get_content_type() for part in parts][:5] == [
        *("multipart/mixed", "multipart/alternative", "text/plain", "text/html"),
        "application/pdf",
    ]
    assert all(part.defects == [] for part in parts)
    text, name = parts[2].get_payload(decode=True), parts[4].get_filename()
    assert isinstance(text, bytes)
    assert f"{SAMI} kommune" in flat(text.decode())
    assert parts[4].get_payload(decode=True) == PDF
    assert name is not None
    assert SAMI in name or name == "0214-As-17-09235.pdf"


def test_the_same_letter_to_the_same_recipient_gives_the_same_bytes() -> None:
    assert mail().outgoing() == mail().outgoing()


def test_the_message_id_is_one_for_letter_recipient_and_sealed_pdf() -> None:
    same = {
        mail().message_id,
        mail(sent_at=SENT_AT + timedelta(days=1)).message_id,
        mail(recipient=replace(MAYOR, address="Ordforer@AS.kommune.example")).message_id,
    }
    others = {
        mail(pdf=b"another").message_id,
        mail(recipient=replace(MAYOR, address="radmann@as.kommune.example")).message_id,
        mail(reference="17-09236").message_id,
    }
    assert len(same) == 1
    assert len(others | same) == 4
    # what was sent by earlier versions is found again
    assert mail().message_id == "<531fc454-1a6b-5781-8d81-c1c1906badb9@imdi.example>"


def test_a_time_without_a_zone_is_a_defect() -> None:
    with pytest.raises(AssertionError, match="zone"):
        mail(sent_at=datetime(2017, 11, 6)).outgoing()  # noqa: DTZ001


wild = st.text(
    st.one_of(st.characters(), st.sampled_from('\r\n\0\x85\u2028\u2029\x0b\x0c,;<>@"\\')),
    max_size=60,
)


@settings(max_examples=60)
@given(name=wild, title=wild, subject=wild, sender=wild)
def test_no_name_title_or_subject_adds_a_field_or_a_recipient(
    name: str, title: str, subject: str, sender: str
) -> None:
    plain = mail(pdf=b"x")
    person = replace(MAYOR, title=title, name=name)
    made = replace(
        plain, to_name=person.called("Ås kommune"), subject=subject, from_name=sender, name=name
    )
    for each in (made, redirected(made, "prove@imdi.example")):
        try:
            out = each.outgoing()
        except Unsendable:
            continue
        message = read(out.data)
        assert [name for name, _ in message.fields] == [
            name for name, _ in read(plain.outgoing().data).fields
        ]
        assert mailbox(message["To"]) == (each.to_name, each.to_address)
        assert mailbox(message["From"])[0] == sender
        assert message.text("Subject") == each.subject


# -- trials ---------------------------------------------------------------------------------------


def test_a_trial_goes_to_its_reader_alone_and_tells_whom_it_was_for() -> None:
    true = mail()
    out = redirected(true, "prove@imdi.example").outgoing()
    message = read(out.data)
    assert out.to == "prove@imdi.example"
    assert mailbox(message["To"]) == ("", "prove@imdi.example")
    assert message.text("Subject").startswith("[Prøve for ordforer@as.kommune.example] Svar")
    first = "PRØVE: Denne e-posten skulle til Ordfører i Ås kommune <ordforer@as.kommune.example>."
    assert flat(message.words.split("\n\n")[0]) == first
    assert html.escape(first) in message.page
    assert {name for name, _ in message.fields} == {
        name for name, _ in read(true.outgoing().data).fields
    }


def test_a_trial_is_a_message_of_its_own() -> None:
    true = mail()
    trial = redirected(true, "prove@imdi.example")
    other = redirected(true, "annen@imdi.example")
    assert len({true.message_id, trial.message_id, other.message_id}) == 3
    assert trial.name != true.name
