"""Mails as bytes: what goes in comes out of any reader, and nothing else ever does."""

import re
from email import message_from_bytes
from email.header import decode_header, make_header
from email.policy import default

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from brevgen.channels.mail.mime import Attachment, free_text, in_ascii, mail_bytes
from brevgen.channels.mail.mime import mailbox as one_mailbox
from brevgen.characters import UNPRINTABLE
from brevgen.email_address import ascii_address, ascii_domain
from brevgen.errors import Unsendable
from tests.support.mail_reading import decoded, mailbox, parameters, read

SAMI = "Gáivuotna – Kåfjord – Kaivuono kommune"

ENDS = ["\r", "\n", "\r\n", "\0", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\u202e"]
wild = st.lists(
    st.one_of(
        st.text(max_size=40),
        st.sampled_from([*ENDS, "=?utf-8?q?a?=", "\r\nBcc: all@evil.example", '"', "\\", ",", " "]),
    ),
    max_size=8,
).map("".join)
good = st.text(
    st.characters(exclude_categories=["Cs"]).filter(
        lambda sign: not re.match(f"[{UNPRINTABLE}]", sign)
    ),
    max_size=300,
)


def with_fields(**fields: str) -> bytes:
    """A mail with nothing but these fields."""
    return mail_bytes(fields, "", "", [], message_id="<a@b.example>")


def with_subject(text: str) -> bytes:
    return with_fields(Subject=free_text(text, field_name="Subject"))


def to(name: str, address: str) -> bytes:
    return with_fields(To=one_mailbox(name, address, field_name="To"))


def header_lines(data: bytes) -> list[bytes]:
    return data.partition(b"\r\n\r\n")[0].split(b"\r\n")


# -- free text ------------------------------------------------------------------------------------


@given(good)
@example(SAMI)
@example("=?utf-8?q?no_word?= in here")
@example("two  blanks")
@example(" blank in front and behind ")
@example("x" * 200)
@example("")
def test_a_subject_comes_back_as_it_was(text: str) -> None:
    data = with_subject(text)
    assert decoded(read(data)["Subject"]) == text
    assert all(len(line) <= 78 for line in header_lines(data))


@given(good)
@example(SAMI)
def test_the_standard_library_reads_a_subject_too(text: str) -> None:
    message = message_from_bytes(with_subject(text))
    assert str(make_header(decode_header(message["Subject"]))) == text


@given(wild)
def test_no_subject_becomes_two_fields(text: str) -> None:
    try:
        data = with_subject(text)
    except Unsendable:
        assert re.search(f"[{UNPRINTABLE}\ud800-\udfff]", text)
    else:
        fields = [name for name, _ in read(data).fields]
        assert fields == ["Content-Type", "MIME-Version", "Subject"]
        assert decoded(read(data)["Subject"]) == text


@pytest.mark.parametrize("end", ENDS)
def test_whatever_some_reader_takes_for_the_end_of_a_line_is_refused(end: str) -> None:
    with pytest.raises(Unsendable, match=f"U\\+{ord(end[0]):04X}"):
        with_subject(f"Anmodning{end}Bcc: all@evil.example")
    with pytest.raises(Unsendable):
        to(f"Ordfører{end}", "a@as.example")
    with pytest.raises(Unsendable):
        to("Ordfører", f"a@as.example{end}")
    with pytest.raises(Unsendable):
        attached(f"brev{end}.pdf")


def test_words_that_need_no_encoding_stay_readable() -> None:
    assert b"Subject: Letter 17-09235" in header_lines(with_subject("Letter 17-09235"))


# -- addresses ------------------------------------------------------------------------------------


@given(wild)
@example("Moen, Kari")
@example('"Kari" <kari@evil.example>,')
def test_a_field_of_an_address_names_one_address_whatever_the_name(name: str) -> None:
    try:
        data = to(name, "kari@as.example")
    except Unsendable:
        return
    assert mailbox(read(data)["To"]) == (name, "kari@as.example")
    (address,) = message_from_bytes(data, policy=default)["To"].addresses
    assert address.addr_spec == "kari@as.example"


def test_a_domain_with_norwegian_letters_travels_in_ascii() -> None:
    data = to("Ordfører i Ås kommune", "Postmottak@ÅS.kommune.example")
    assert mailbox(read(data)["To"]) == (
        "Ordfører i Ås kommune",
        "Postmottak@xn--s-1fa.kommune.example",
    )


def test_a_domain_is_brought_to_one_spelling() -> None:
    # a ring above A in two characters, and in one
    assert ascii_domain("A\u030as.Example") == ascii_domain("ås.example") == "xn--s-1fa.example"


@pytest.mark.parametrize(
    "address",
    [
        "ordfører@as.example",
        "a@b@c.example",
        "a",
        "",
        "a@as.example, b@as.example",
        "a@as.example> SIZE=1",
        "<a@as.example>",
        "a%evil.example@as.example",
        "evil.example!a@as.example",
        "a@\u0627\u0031\u0661a.example",  # letters that may not stand together
        f"a@{'å' * 60}.example",  # short enough only until it is ASCII
    ],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(Unsendable, match=r"(?i)put"):
        ascii_address(address)


@given(wild, wild)
def test_an_address_that_passes_is_one_plain_address(local: str, domain: str) -> None:
    try:
        address = ascii_address(f"{local}@{domain}.example")
    except Unsendable:
        return
    assert re.fullmatch(r"[!-;=?A-~]+@[a-z0-9.-]+", address)


# -- names of files -------------------------------------------------------------------------------

NAME = f"Oppmoding om busetjing av flyktningar i 2018 – {SAMI} (17-09235).pdf"


def attached(name: str, short: str = "0214-Ås-17-09235.pdf") -> bytes:
    """The part with a file of this name."""
    file = Attachment(name, short, "application/pdf", b"x")
    data = mail_bytes({}, "", "", [file], message_id="<a@b>")
    *_, part, _ = re.split(rb"\r\n--=_[0-9a-f]{40}(?:--)?\r\n", data)
    return part


@given(good.filter(lambda text: text and text.strip() == text))
@example(NAME)
@example('a "quoted" \\ name.pdf')
@example("=?utf-8?q?a?=.pdf")
def test_a_file_has_its_name_and_one_in_ascii_for_programs_that_cannot_read_it(name: str) -> None:
    part = read(attached(name))
    assert part["Content-Type"] == "application/pdf"
    assert part["Content-Disposition"].startswith("attachment;")
    assert parameters(part["Content-Disposition"])["filename"] == name


@given(good)
@example("0214-Ås-17-09235.pdf")
@example("x" * 200)
@example('"\\')
def test_the_name_in_ascii_stands_on_one_line_that_every_reader_reads_alike(short: str) -> None:
    data = attached(NAME, short)
    plain = in_ascii(short)
    assert plain.isascii()
    assert message_from_bytes(data).get_filename() == plain
    assert header_lines(data)[-1].startswith(b' filename="')


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Blåbærgrød.pdf", "Blabaergrod.pdf"),
        ("Kárášjohka – Karasjok (17-09235).pdf", "Karasjohka - Karasjok (17-09235).pdf"),
        ("Đuoŋŧ ÆØÅ.pdf", "Duont AeOA.pdf"),
        ("\u4f60", "file"),
    ],
)
def test_the_name_in_ascii_can_still_be_read(name: str, plain: str) -> None:
    assert in_ascii(name) == plain


def test_both_readers_of_the_standard_library_find_a_name() -> None:
    data = attached(NAME)
    assert message_from_bytes(data).get_filename() == "0214-As-17-09235.pdf"
    assert message_from_bytes(data, policy=default).get_filename() == NAME


def test_a_file_name_is_in_one_piece_for_readers_that_know_no_continuation() -> None:
    lines = header_lines(attached(NAME))
    (long,) = [line for line in lines if len(line) > 78]
    assert re.fullmatch(rb" filename\*=utf-8''[A-Za-z0-9%._-]+;", long)


# -- the whole ------------------------------------------------------------------------------------


def test_the_same_mail_is_the_same_bytes_and_another_has_another_boundary() -> None:
    def boundary(message_id: str) -> str:
        data = mail_bytes({}, "Hei", "<p>Hei", [], message_id=message_id)
        assert data == mail_bytes({}, "Hei", "<p>Hei", [], message_id=message_id)
        return parameters(read(data)["Content-Type"])["boundary"]

    assert boundary("<a@b.example>") != boundary("<b@b.example>")


def test_a_text_that_holds_no_character_is_refused() -> None:
    for words in (("Hei\n\ud800", ""), ("", "<p>\ud800")):
        with pytest.raises(Unsendable, match=r"U\+D800"):
            mail_bytes({}, *words, [], message_id="<a@b.example>")


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
@example(". \nFrom me\n--=_\n" + "x" * 2000)
def test_text_and_page_arrive_line_by_line(text: str) -> None:
    mail = read(mail_bytes({}, text, f"<p>\n{text}", [], message_id="<a@b.example>"))
    assert mail.words.split("\n") == [*text.splitlines(), ""]
    assert mail.page.split("\n") == ["<p>", *text.splitlines(), ""]
