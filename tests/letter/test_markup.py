"""Markup becomes content as a browser would read it: words, their roles, and blanks made one."""

import html
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brevgen.letter.content import Block, Content, Run
from brevgen.letter.markup import blocks_of, with_marks
from brevgen.letter.printable import without_ligatures

DRAFT = Block("draft", "draft", (Run("UTKAST"),))
APPROVAL = Block("closing", "approval", (Run("Godkjent"),))


def content(markup: str, mark: Block = DRAFT) -> Content:
    return with_marks(
        blocks_of(markup), marks=[mark], written_form="nn", recipient="Ås kommune", author="IMDi"
    )


def blocks(markup: str) -> tuple[Block, ...]:
    return tuple(block for block in content(markup).blocks if block != DRAFT)


def runs(markup: str) -> tuple[Run, ...]:
    (block,) = blocks(markup)
    return block.runs


def test_each_element_becomes_a_block_of_its_style_in_the_part_it_stands_in():
    markup = """
    <section class="recipient"><p class="recipient">Ås</p></section>
    <section class="body">
    <h1>Emne</h1><h2>Om</h2><p>Tekst</p><ul><li>En</li><li>To</li></ul>
    </section>
    <section class="closing"><p class="closing">Med hilsen</p></section>
    """

    assert [(block.part, block.style, block.text) for block in blocks(markup)] == [
        ("recipient", "recipient", "Ås"),
        ("body", "title", "Emne"),
        ("body", "heading", "Om"),
        ("body", "paragraph", "Tekst"),
        ("body", "bullet", "En"),
        ("body", "bullet", "To"),
        ("closing", "closing", "Med hilsen"),
    ]


def test_the_title_of_the_document_is_the_subject_and_the_recipient():
    made = content("<h1>Emne</h1>")

    assert (made.title, made.written_form, made.author) == (*("Emne – Ås kommune", "nn", "IMDi"),)


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<p>Nå  ber\n\tvi</p>", (Run("Nå ber vi"),)),
        ("<p>\n Nå ber vi \n</p>", (Run("Nå ber vi"),)),
        ("<p>4\u00a0400</p>", (Run("4\u00a0400"),)),
        ("<p>4&nbsp;400</p>", (Run("4\u00a0400"),)),
        (
            "<p>ber <strong>10</strong> her</p>",
            (Run("ber "), Run("10", strong=True), Run(" her")),
        ),
        (
            "<p>ber <strong> 10 </strong> her</p>",
            (Run("ber "), Run("10 ", strong=True), Run("her")),
        ),
        ("<p><strong>Deres ref:</strong> </p>", (Run("Deres ref:", strong=True),)),
        ("<p><strong>a</strong><strong>b</strong></p>", (Run("ab", strong=True),)),
        ("<p>a <strong> </strong> b</p>", (Run("a b"),)),
        (
            '<p>til <a href="mailto:a@b.example">a@b.example</a>, og</p>',
            (Run("til "), Run("a@b.example", href="mailto:a@b.example"), Run(", og")),
        ),
        (
            '<p><a href="https://x.example/?a=1&amp;b=2">x</a></p>',
            (Run("x", href="https://x.example/?a=1&b=2"),),
        ),
        ("<p>&lt;b&gt; &amp;amp; {{ 7*7 }}</p>", (Run("<b> &amp; {{ 7*7 }}"),)),
    ],
)
def test_words_keep_their_looks_and_single_blanks(markup, expected):
    assert runs(markup) == expected


def test_a_label_and_its_value_are_one_block_whose_style_is_that_of_its_part():
    markup = """
    <section class="sender"><dl><dt>Telefon</dt><dd>40 00 19 60</dd></dl></section>
    <section class="references"><dl><dt>Vår ref:</dt><dd>17-09235</dd></dl></section>
    <section class="body"><dl>
    <dt> Svar
    innen </dt><dd><strong>lørdag</strong> 6. januar</dd>
    <dt>Ukjent</dt><dd></dd>
    </dl></section>
    """

    assert [(b.part, b.style, b.label, b.text) for b in blocks(markup)] == [
        ("sender", "contact", "Telefon", "Telefon 40 00 19 60"),
        ("references", "reference", "Vår ref:", "Vår ref: 17-09235"),
        ("body", "fact", "Svar innen", "Svar innen lørdag 6. januar"),
    ]


def test_a_paragraph_without_words_is_none():
    assert blocks("<p></p><p> \n </p><p><strong> </strong></p>") == ()


@settings(deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r\0")))
def test_any_text_that_is_escaped_comes_out_as_the_same_words(text):
    found = blocks(f"<p>{html.escape(text)}</p>")

    said = without_ligatures(re.sub("[ \t\n]+", " ", text).strip(" "))
    assert "".join(block.text for block in found) == said


inline = st.lists(
    st.tuples(st.sampled_from(["", "strong", "a"]), st.text(alphabet="ab \n\u00a0", max_size=6)),
    max_size=8,
)


@settings(deadline=None)
@given(inline)
def test_whatever_the_runs_no_blank_is_double_and_none_stands_at_the_edges(pieces):
    markup = "".join(
        {"": text, "strong": f"<strong>{text}</strong>", "a": f'<a href="x">{text}</a>'}[look]
        for look, text in pieces
    )

    for block in blocks(f"<p>{markup}</p>"):
        assert "  " not in block.text
        assert block.text == block.text.strip(" ")
        assert all(run.text for run in block.runs)
        assert block.text == re.sub("[ \n]+", " ", "".join(text for _, text in pieces)).strip(" ")


LETTER = """
<section class="sender"><p class="sender">IMDi</p></section>{}
<section class="recipient"><p class="recipient">Ås</p></section>
<section class="closing"><p class="closing">Hilsen</p>{}</section>
"""


@pytest.mark.parametrize("draft", ["", '<section class="draft"><p class="draft">x</p></section>'])
@pytest.mark.parametrize("line", ["", '<p class="approval">Godkjent.</p>'])
def test_whatever_the_layout_has_there_is_the_mark_or_the_line_and_never_both(draft, line):
    markup = LETTER.format(draft, line)

    assert [b.text for b in content(markup).blocks] == ["IMDi", "UTKAST", "Ås", "Hilsen"]
    assert [b.text for b in content(markup, APPROVAL).blocks] == [
        "IMDi",
        "Ås",
        "Hilsen",
        "Godkjent",
    ]


def test_the_mark_comes_first_where_no_sender_stands_before_it():
    markup = '<section class="recipient"><p class="recipient">Ås</p></section>'

    assert [b.text for b in content(markup).blocks] == ["UTKAST", "Ås"]


def test_letters_joined_into_one_sign_come_apart():
    assert runs("<p>\ufb01nne, e\ufb00ekt, o\ufb03siell</p>") == (Run("finne, effekt, offisiell"),)
