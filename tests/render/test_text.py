"""What a letter looks like in a terminal or a plain mail."""

import re

from hypothesis import given
from hypothesis import strategies as st

from brevgen.letter.content import Block, Content, Part, Run, Style
from brevgen.render.text import as_text


def block(part: Part, style: Style, *words: str | Run) -> Block:
    return Block(part, style, tuple(w if isinstance(w, Run) else Run(w) for w in words))


def strong(words: str) -> Run:
    return Run(words, strong=True)


def letter(*blocks: Block) -> Content:
    return Content("nb", "Anmodning", "Integrerings- og mangfoldsdirektoratet", blocks)


def paragraph(*words: str | Run) -> Content:
    return letter(block("body", "paragraph", *words))


WEB = "https://www.imdi.no/planlegging-og-bosetting/"

WHOLE = letter(
    block("sender", "sender", strong("IMDi"), " Integrerings- og mangfoldsdirektoratet"),
    block("draft", "draft", "UTKAST – ikke godkjent"),
    block("recipient", "recipient", "Gáivuotna – Kåfjord – Kaivuono kommune"),
    block("recipient", "distribution", strong("Brevet bes distribuert til:")),
    block("recipient", "distribution", "Ordfører"),
    block("recipient", "distribution", "Rådmann"),
    block("references", "reference", strong("Deres ref:")),
    block("references", "reference", strong("Vår ref:"), " 17-09235"),
    block("references", "reference", strong("Dato:"), " 6.11.2017"),
    block("body", "title", "Anmodning om bosetting av flyktninger i 2018"),
    block("body", "paragraph", "Nå ber vi kommunen om å bosette ", strong("10 flyktninger"), "."),
    block("body", "paragraph", "Slik svarer dere:"),
    block("body", "bullet", "Frist for å svare på anmodningen er ", strong("6. januar 2018"), "."),
    block(
        "body",
        "bullet",
        "Send vedtaket til ",
        Run("post@imdi.no", href="mailto:post@imdi.no"),
        " og les mer om ",
        Run("planlegging og bosetting", href=WEB),
        ".",
    ),
    block("body", "heading", "Bakgrunn for tallene"),
    block("body", "paragraph", "Det er behov for å bosette 4\u00a0400 flyktninger i Norge."),
    block("closing", "closing", "Med hilsen"),
    block("closing", "closing", "for Integrerings- og mangfoldsdirektoratet"),
    block("closing", "signature", strong("Hege Aspelund")),
    block("closing", "signature", "regiondirektør"),
    block("closing", "approval", "Dokumentet er godkjent elektronisk."),
)

WHOLE_TEXT = """\
IMDi Integrerings- og mangfoldsdirektoratet

UTKAST – ikke godkjent

Gáivuotna – Kåfjord – Kaivuono kommune

Brevet bes distribuert til:
Ordfører
Rådmann

Deres ref:
Vår ref: 17-09235
Dato: 6.11.2017

Anmodning om bosetting av flyktninger i 2018
============================================

Nå ber vi kommunen om å bosette 10 flyktninger.

Slik svarer dere:

• Frist for å svare på anmodningen er 6. januar 2018.
• Send vedtaket til post@imdi.no og les mer om planlegging og bosetting
  <https://www.imdi.no/planlegging-og-bosetting/>.

Bakgrunn for tallene
--------------------

Det er behov for å bosette 4\u00a0400 flyktninger i Norge.

Med hilsen
for Integrerings- og mangfoldsdirektoratet

Hege Aspelund
regiondirektør

Dokumentet er godkjent elektronisk.
"""


def test_a_letter_reads_from_top_to_bottom() -> None:
    assert as_text(WHOLE) == WHOLE_TEXT


def test_a_link_whose_words_are_its_address_is_told_once() -> None:
    for words, href in [
        (WEB, WEB),
        ("www.imdi.no/planlegging-og-bosetting", WEB),
        ("post@imdi.no", "mailto:post@imdi.no"),
    ]:
        assert as_text(paragraph("Se ", Run(words, href=href), ".")) == f"Se {words}.\n"


def test_a_link_in_words_is_followed_by_its_address() -> None:
    content = paragraph("Skriv til ", Run("direktoratet ", href="mailto:post@imdi.no"), "i dag.")
    assert as_text(content) == "Skriv til direktoratet <post@imdi.no> i dag.\n"


def test_addresses_are_never_broken() -> None:
    content = paragraph("Se ", Run("mer om planlegging", href=WEB), " og svar innen fristen.")
    lines = as_text(content, width=30).splitlines()
    assert lines == ["Se mer om planlegging", f"<{WEB}>", "og svar innen fristen."]


def test_what_a_no_break_space_holds_together_stays_together() -> None:
    for width in range(5, 40):
        text = as_text(paragraph("Det er behov for 4\u00a0400 plasser i 2018."), width=width)
        assert "4\u00a0400" in text


def test_a_long_title_is_underlined_along_its_longest_line() -> None:
    text = as_text(letter(block("body", "title", "Anmodning om bosetting")), width=14)
    assert text == "Anmodning om\nbosetting\n============\n"


def test_long_bullets_hang() -> None:
    text = as_text(letter(block("body", "bullet", "Send vedtaket til oss")), width=12)
    assert text == "• Send\n  vedtaket\n  til oss\n"


def test_an_empty_letter_is_an_empty_line() -> None:
    assert as_text(letter()) == "\n"


WORDS = st.text(st.characters(categories=("L", "M", "N", "P", "S")), min_size=1, max_size=30)
SENTENCES = st.lists(WORDS, min_size=1, max_size=20).map(" ".join)
KINDS = st.sampled_from(["title", "heading", "paragraph", "bullet", "recipient", "reference"])
BLOCKS = st.builds(Block, st.just("body"), KINDS, st.tuples(st.builds(Run, SENTENCES)))


@given(st.lists(BLOCKS, max_size=8), st.integers(3, 100))
def test_words_and_widths_hold_for_any_letter(blocks: list[Block], width: int) -> None:
    text = as_text(letter(*blocks), width=width)
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    lines = text.split("\n")
    assert not [line for line in lines if line != line.rstrip()], "no trailing spaces"
    for line in lines:
        assert len(line) <= width or " " not in line.strip().removeprefix("• ")
    said = iter(re.split(r"[ \n]+", text))
    assert all(word in said for b in blocks for word in b.text.split(" ")), "in order"


def test_values_of_labels_stand_below_each_other_and_so_do_their_lines() -> None:
    said = letter(
        Block("body", "fact", (strong("10 flyktninger"), Run(" i 2018")), "Vi ber dere bosette"),
        Block("body", "fact", (Run("post@imdi.example og en kopi til KS"),), "Send til"),
    )

    assert as_text(said, width=45) == (
        "Vi ber dere bosette  10 flyktninger i 2018\n"
        "Send til             post@imdi.example og en\n"
        "                     kopi til KS\n"
    )
