"""The page that the PDF is laid out from, which is also the preview for the browser."""

from dataclasses import replace

import pytest
from lxml import etree

from brevgen.letter.content import Block, Content, Part, Run, Style
from brevgen.render.html import as_html
from tests.support.reading import tidy
from tests.support.samples import REFERENCE, STYLESHEET, content


def page(said: Content, stylesheet: str = "") -> etree._Element:
    written = as_html(said, reference=REFERENCE, dated="2017-11-06", stylesheet=stylesheet)
    return etree.fromstring(written, etree.HTMLParser(recover=False))


def words(element: etree._Element) -> str:
    return tidy("".join(element.itertext()))


def block(part: Part, style: Style, *runs: Run) -> Block:
    return Block(part, style, runs)


BLOCKS = "//h1|//h2|//p|//li|//dl/div"


@pytest.mark.parametrize("form", ["nb", "nn"])
@pytest.mark.parametrize("approved", [True, False])
def test_the_page_says_the_blocks_in_order(form: str, approved: bool) -> None:
    said = content(form=form, approved=approved, minors=4)
    read = page(said)
    assert ["".join(words(e).split()) for e in read.xpath(BLOCKS)] == [
        "".join(b.text.split()) for b in said.blocks
    ]
    assert words(read.find("body")).replace(" ", "") == "".join(
        "".join(b.text.split()) for b in said.blocks
    ), "nothing stands outside of a block"


def test_the_head_tells_language_title_agency_reference_and_date() -> None:
    said = content(form="nn")
    read = page(said)
    assert read.get("lang") == "nn"
    assert read.findtext("head/title") == said.title
    told = {meta.get("name"): meta.get("content") for meta in read.iter("meta")}
    assert told["author"] == said.author
    assert told["description"] == REFERENCE
    assert told["dcterms.created"] == told["dcterms.modified"] == "2017-11-06"


def test_a_draft_and_an_approved_letter_can_be_told_apart_by_the_stylesheet() -> None:
    assert page(content(approved=False)).find("body").get("class") == "draft"
    assert page(content(approved=True)).find("body").get("class") == "final"


def test_points_that_follow_each_other_are_one_list() -> None:
    def point(text: str) -> Block:
        return block("body", "bullet", Run(text))

    between = block("body", "paragraph", Run("og"))
    said = replace(content(), blocks=(point("a"), point("b"), between, point("c")))
    assert [[e.text for e in ul] for ul in page(said).iter("ul")] == [["a", "b"], ["c"]]
    assert {e.getparent().tag for e in page(said).iter("li")} == {"ul"}


def test_a_list_at_the_end_of_a_part_is_closed_before_the_next() -> None:
    said = replace(
        content(),
        blocks=(
            block("body", "bullet", Run("a")),
            block("closing", "closing", Run("Med hilsen")),
        ),
    )
    assert [e.tag for e in page(said).find("body")] == ["ul", "div"]


def test_recipient_references_and_closing_have_boxes_to_be_placed_by() -> None:
    boxes = {box.get("class"): words(box) for box in page(content()).xpath("//div[@class]")}
    assert list(boxes) == ["recipient", "references", "closing"]
    assert boxes["recipient"].startswith("Ås kommune")
    assert REFERENCE in boxes["references"]
    assert boxes["closing"].endswith("regiondirektør")


TRICKY = "Bø & Nes <b>fet</b> \"anførsel\" 'enkel' &amp; </title></style><script>x()</script>"


def test_words_and_addresses_can_never_become_markup() -> None:
    link = Run(TRICKY, href="https://imdi.example/?a=\"><script>&b='")
    said = replace(
        content(),
        title=TRICKY,
        author=TRICKY,
        blocks=(block("body", "title", Run(TRICKY)), block("body", "paragraph", link)),
    )
    read = page(said)
    assert {e.tag for e in read.iter()} == {
        *("html", "head", "meta", "title", "body", "h1", "p", "a"),
    }
    assert read.findtext("head/title") == words(read.find("body/h1")) == TRICKY
    anchor = read.find("body/p//a")
    assert (words(anchor), anchor.get("href")) == (tidy(link.text), link.href)


def test_looks_are_put_upon_words_without_changing_them() -> None:
    both = Run("post@imdi.example", strong=True, href="mailto:post@imdi.example")
    said = replace(
        content(), blocks=(block("body", "paragraph", Run("Til "), both, Run(" snart.")),)
    )
    paragraph = page(said).find("body/p")
    assert words(paragraph) == "Til post@imdi.example snart."
    assert paragraph.find(".//strong/a").get("href") == both.href


def test_a_preview_carries_its_stylesheet_along() -> None:
    css = STYLESHEET.read_text(encoding="utf-8")
    assert page(content(), css).findtext("head/style").endswith(css)
    assert page(content()).find("head/style") is None
