"""Templates, stylesheet and Word styles that would swell or go on without end."""

import zipfile

import pytest

from tests.hostile import workbooks

MEGABYTE = 1024 * 1024


@pytest.mark.parametrize("name", ["layout.html", "request/nb.html", "letter.css"])
def test_a_template_without_end(place, refused, name):
    (place / "templates" / "letters" / name).write_text("x" * 70_000)
    ended = refused(name.rpartition("/")[2], "cannot be read", command="check")
    assert "larger than 64 kB" in ended.err


def test_a_template_that_says_more_than_a_letter_can(place, run):
    for form in ("nb", "nn"):
        template = place / "templates" / "letters" / "request" / f"{form}.html"
        begins, said = "{% block body %}", "{{ background.need }}" * 2_500
        template.write_text(template.read_text().replace(begins, f"{begins}<p>{said}</p>"))
    ended = run("preview", "trial", "Ås", "--format", "text")
    assert ended.code == 1
    assert "more than 50000 characters" in ended.err


def test_a_block_of_a_template_may_not_be_repeated_by_the_layout(place, refused):
    layout = place / "templates" / "letters" / "layout.html"
    block = "{% block body %}{% endblock %}"
    listed = f"{{% for t in municipality.distribution %}}{block}{{% endfor %}}"
    layout.write_text(layout.read_text().replace(block, listed))
    refused("letters/layout.html", "block inside of a for")


def word_styles(place, changes):
    """Put other parts into the Word styles."""
    path = place / "templates" / "letters" / "styles.docx"
    with zipfile.ZipFile(path) as package:
        content = {name: package.read(name) for name in package.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        for name, data in changes(content).items():
            package.writestr(name, data)
    return path


DOCUMENT, WORD = "word/document.xml", "styles.docx"


def with_body(content, text, before=""):
    declaration, _, document = content[DOCUMENT].decode().partition("?>")
    assert "<w:body>" in document
    changed = document.replace("<w:body>", f"<w:body>{text}")
    return content | {DOCUMENT: f"{declaration}?>{before}{changed}".encode()}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (lambda c: c | {"word/media/x.png": bytes(20 * MEGABYTE)}, "more than 5 MB"),
        (lambda c: with_body(c, "<w:p/>" * 900_000), "more than 5 MB"),
        (lambda c: with_body(c, "<w:p>" * 9_000), "XMLSyntaxError"),
        (lambda c: with_body(c, "<w:p/>", '<!DOCTYPE a [<!ENTITY b "c">]>'), "defines entities"),
        (lambda c: c | {str(n): b"" for n in range(1_001)}, "too many parts"),
        (lambda c: {name: c[name] for name in c if name != DOCUMENT}, "KeyError"),
        (lambda c: c | {DOCUMENT: b"<a/>"}, "cannot be read"),
        (lambda c: c | {DOCUMENT: b""}, "cannot be read"),
        (lambda c: {}, "cannot be read"),
    ],
    ids=["picture", "paragraphs", "nested", "entities", "parts", "missing", "other", "empty", "no"],
)  # fmt: skip
def test_word_styles(place, refused, changes, told):
    word_styles(place, changes)
    refused(WORD, told, command="check")


def test_word_styles_that_are_larger_than_they_say(place, refused):
    size = 20 * MEGABYTE
    path = word_styles(place, lambda content: content | {"word/media/x.png": bytes(size)})
    workbooks.declare(path, size, 100)
    refused(WORD, "BadZipFile", command="check")
