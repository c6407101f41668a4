"""Folders of templates to break, and what the contract says of them."""

import shutil

from brevgen.findings import Findings
from brevgen.letter.contract import check_templates
from brevgen.letter.templates import read_templates
from tests.support.samples import KINDS, TEMPLATES, letter

NB, NN, LAYOUT, WORDS = "request/nb.html", "request/nn.html", "layout.html", "words.toml"
FORMS = ("nb", "nn")


class Folder:
    """A folder of templates that may be broken, and what the contract says of it."""

    def __init__(self, path):
        self.path = path

    def write(self, name, text):
        data = text if isinstance(text, bytes) else text.encode(errors="surrogatepass")
        (self.path / name).write_bytes(data)

    def read(self, name):
        return (self.path / name).read_text(encoding="utf-8")

    def change(self, name, old, new):
        """Replace the first of some words; the line where they stand."""
        text = self.read(name)
        assert old in text, name
        self.write(name, text.replace(old, new, 1))
        return text.partition(old)[0].count("\n") + 1

    def faults(self):
        """Every fault as file, line and text."""
        findings = Findings()
        templates = read_templates(self.path, findings, shown_as="letters")
        if templates is not None:
            check_templates(templates, KINDS, findings, shown_as="letters")
        assert not findings.warnings
        return [
            (fault.place.file.removeprefix("letters/"), fault.place.row, fault.what)
            for fault in findings.faults
        ]

    def places(self):
        return {(file, line) for file, line, _ in self.faults()}

    def contents(self, **changes):
        """What letters say through these templates, in both forms, as drafts and approved."""
        templates = read_templates(self.path, Findings(), shown_as="letters")
        assert templates is not None
        return [
            templates.content(letter(written_form=form, approved=approved, **changes))
            for form in FORMS
            for approved in (True, False)
        ]


def copy_to(path) -> Folder:
    """The templates of the requests, for checking all kinds each time takes eight times as long."""
    others = [name for name in KINDS if name != "request"]
    shutil.copytree(TEMPLATES, path, ignore=shutil.ignore_patterns("*.docx", "*.css", *others))
    return Folder(path)
