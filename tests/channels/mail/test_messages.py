"""The message with a letter, read back by other readers than its writer."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import EmailPolicy, default
from email.utils import parsedate_to_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brevgen.channels.mail.message import file_name, redirected
from brevgen.errors import Unsendable
from brevgen.findings import Findings
from brevgen.letter.contract import check_templates
from brevgen.letter.templates import kinds_in
from brevgen.render.text import as_text
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
from tests.support.samples import KINDS, templates

SAMI = "Guovdageaidnu – Kautokeino"


def read_mail(**changes: object) -> Read:
    return read(mail(**changes).outgoing().data)  # type: ignore[arg-type]


def text_of(message: Read) -> str:
    return message.parts()[0].data().decode().replace("\r\n", "\n")


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
        "Anmodning om bosetting av flyktninger i 2018 – Ås kommune (vår ref. 17-09235)"
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
    assert message.text("Subject").startswith("Oppmoding om busetjing av flyktningar i 2018")
    assert message["Content-Language"] == "nn"
    assert "Vi ber" not in text_of(message).partition("-----")[0]
    assert "busetje" in text_of(message)
    assert "bosette" not in text_of(message)


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


# -- the text -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "words"),
    [
        (
            "nb",
            [
                *("Til Ås kommune", "Ordfører\nRådmann", "om å bosette 10 flyktninger i 2018."),
                *("I tallet inngår 3 plasser til enslige mindreårige.", "6. januar 2018"),
                *("post@imdi.example", "Oppgi vår referanse, 17-09235", "ligger ved"),
                *("Med hilsen", "IMDi Region Øst", "Brevet er godkjent elektronisk."),
            ],
        ),
        (
            "nn",
            [
                *("Til Ås kommune", "om å busetje 10 flyktningar i 2018.", "6. januar 2018"),
                *("I talet er det rekna med 3 plassar til einslege mindreårige.", "lagt ved"),
                *("post@imdi.example", "Før opp referansen vår, 17-09235", "Med helsing"),
            ],
        ),
    ],
)
def test_the_text_says_what_is_asked_by_when_and_where_to_answer(
    form: str, words: list[str]
) -> None:
    covering, _, _ = text_of(read_mail(written_form=form, minors=3)).partition("-" * 72)
    flowing = " ".join(covering.split())
    for each in words:
        assert " ".join(each.split()) in flowing


def test_without_minors_nothing_is_said_of_them() -> None:
    covering, _, _ = text_of(read_mail()).partition("-" * 72)
    assert "mindreårige" not in covering


def test_the_letter_follows_below_the_line_word_for_word() -> None:
    from tests.support.samples import letter

    _, line, below = text_of(read_mail()).partition("\n" + "-" * 72 + "\n\n")
    assert line
    assert below == as_text(templates().content(letter(approved=True)))


def test_no_line_of_the_text_is_wider_than_72() -> None:
    assert max(map(len, text_of(read_mail(name=SAMI, written_form="nn")).split("\n"))) <= 72


def test_a_draft_says_so_first() -> None:
    assert text_of(read_mail(approved=False)).startswith("UTKAST – ikke godkjent\n")


# -- what is attached -----------------------------------------------------------------------------


def test_the_sealed_pdf_arrives_byte_for_byte_under_a_name_people_understand() -> None:
    text, pdf = read_mail(name="Ås").parts()
    assert text["Content-Type"] == 'text/plain; charset="utf-8"'
    assert pdf.data() == PDF
    name = "Anmodning om bosetting av flyktninger i 2018 – Ås kommune (17-09235).pdf"
    assert parameters(pdf["Content-Disposition"])["filename"] == name
    assert pdf["Content-Type"].startswith("application/pdf;")


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
    assert [part.get_content_type() for part in parts][:3] == [
        *("multipart/mixed", "text/plain", "application/pdf"),
    ]
    assert all(part.defects == [] for part in parts)
    text, name = parts[1].get_payload(decode=True), parts[2].get_filename()
    assert isinstance(text, bytes)
    assert name is not None
    assert text.decode().startswith(f"Til {SAMI} kommune\r\n")
    assert parts[2].get_payload(decode=True) == PDF
    assert SAMI in name


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
    assert re.fullmatch(r"<[0-9a-f-]{36}@imdi\.example>", mail().message_id)


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
    assert message.text("Subject").startswith("[Prøve for ordforer@as.kommune.example] Anmodning")
    first = " ".join(text_of(message).split("\n\n")[0].split())
    assert first == (
        "PRØVE: Denne e-posten skulle til Ordfører i Ås kommune <ordforer@as.kommune.example>."
    )
    assert {name for name, _ in message.fields} == {
        name for name, _ in read(true.outgoing().data).fields
    }


def test_a_trial_is_a_message_of_its_own() -> None:
    true = mail()
    trial = redirected(true, "prove@imdi.example")
    other = redirected(true, "annen@imdi.example")
    assert len({true.message_id, trial.message_id, other.message_id}) == 3
    assert trial.name != true.name
