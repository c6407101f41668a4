"""Letter templates: where they lie, and how a Letter becomes content through one of them."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from types import CodeType, SimpleNamespace
from typing import Annotated, get_args

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket
from pydantic import AfterValidator, RootModel, ValidationError

from brevgen.findings import FaultyInput, Findings, Place
from brevgen.language import tr
from brevgen.letter import wording
from brevgen.letter.content import Block, Content, Run, WrittenForm
from brevgen.letter.letter import Letter, in_form
from brevgen.letter.markup import blocks_of, with_marks
from brevgen.settings.toml_file import note_key_faults, read_toml
from brevgen.settings.types import InBothForms

FORMS: tuple[WrittenForm, ...] = get_args(WrittenForm)
LAYOUT = "layout.html"
WORDS = "words.toml"
WORDS_OF_MARKS = ("draft", "approved")
WORDS_OF_SEAL = "sealed"
"""Stand before the page to check the seal on; a workspace of an earlier version lacks them."""
"""The words every folder of templates must have; only the program puts them into a letter."""
ENCODING = "utf-8-sig"  # some editors on Windows put a mark at the beginning


MOST_SIGNS = 50_000
"""Characters of a rendered letter: many times what two pages hold, markup and all."""


def _name(text: str) -> str:
    if not re.fullmatch("[a-z][a-z0-9_]*", text):
        raise ValueError(tr("a word is named by small letters a to z, digits and underscores"))
    return text


class _Words(RootModel[dict[Annotated[str, AfterValidator(_name)], InBothForms]]):
    """The fixed words around every letter."""


class _Compiled(BytecodeCache):
    """The templates of a written form that this process has compiled, by what stands in them."""

    _MOST = 100

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], CodeType] = {}

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        return name

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        assert bucket.code is not None, "it was compiled just now"
        if len(self._kept) >= self._MOST:  # somebody works on a template
            self._kept.clear()
        self._kept[bucket.key, bucket.checksum] = bucket.code


_COMPILED = {form: _Compiled() for form in FORMS}
"""For each form its own, for what a filter makes of a constant is in the compiled template."""


class Templates:
    """The folder of letter templates: layout, fixed words, and one folder per kind with nb and nn.

    Args:
        folder: `templates/letters` of the workspace.
        words: the fixed words, by name.
    """

    def __init__(self, folder: Path, words: Mapping[str, InBothForms]) -> None:
        self.folder = folder
        self.words = words
        self._said: dict[Letter, list[Block]] = {}
        self._digests: dict[tuple[str, WrittenForm], str] = {}

    @cached_property
    def _environments(self) -> dict[WrittenForm, Environment]:
        return {form: self._environment(form) for form in FORMS}

    def environment(self, form: WrittenForm) -> Environment:
        """What fills the templates of a written form."""
        return self._environments[form]

    def _environment(self, form: WrittenForm) -> Environment:
        environment = Environment(
            loader=FileSystemLoader(self.folder, encoding=ENCODING),
            autoescape=True,
            undefined=StrictUndefined,
            auto_reload=False,
            bytecode_cache=_COMPILED[form],
        )
        # A template sees the facts of the Letter and the words, nothing else.
        environment.globals.clear()
        environment.tests.clear()
        environment.filters.clear()
        environment.filters.update(wording.filters(form))
        # No dictionary: a word called “copy” would be taken for the method of that name.
        environment.globals["words"] = SimpleNamespace(
            **{name: in_form(word, form) for name, word in self.words.items()}
        )
        return environment

    def content(self, letter: Letter) -> Content:
        """What a letter says, through the template of its kind and written form.

        Raises:
            FaultyInput: it says so much that it cannot be meant.
        """
        form = letter.written_form
        return with_marks(
            self._blocks(replace(letter, approved=False)),
            marks=self._marks(letter),
            written_form=form,
            recipient=f"{letter.municipality.name} kommune",
            author=letter.agency.name,
        )

    def digest(self, letter: Letter) -> str:
        """Digest of all but its facts that decides what a letter says: templates, words, this code.

        With the same digest a letter of the same facts says the same.
        """
        kind, form = letter.kind, letter.written_form
        if (kind, form) not in self._digests:
            digest = hashlib.sha256()
            templates = (self.folder / name for name in (LAYOUT, f"{kind}/{form}.html"))
            for path in (*templates, *sorted(Path(__file__).parent.glob("*.py"))):
                digest.update(path.read_bytes())
            words = {name: in_form(word, form) for name, word in sorted(self.words.items())}
            digest.update(str(words).encode())
            self._digests[kind, form] = digest.hexdigest()
        return self._digests[kind, form]

    def _blocks(self, letter: Letter) -> list[Block]:
        """What a letter says, draft or not; worked out once."""
        if letter in self._said:
            return self._said[letter]
        form = letter.written_form
        name = f"{letter.kind}/{form}.html"
        markup = self._environments[form].get_template(name).render(letter.facts())
        if len(markup) > MOST_SIGNS:
            what = tr(
                "The letter to {municipality} has more than {most} characters.",
                municipality=letter.municipality.name,
                most=MOST_SIGNS,
            )
            place = Place(f"{self.folder.name}/{name}")
            raise FaultyInput.of(what, tr("Shorten the template."), place)
        self._said[letter] = blocks_of(markup)
        return self._said[letter]

    def _marks(self, letter: Letter) -> list[Block]:
        """The mark of a draft, or the approval line; no template has a say in which it is.

        An approved letter is sealed: beside the approval it tells where the seal can be checked,
        where the settings have such a page and the folder words for it.
        """
        words = {name: in_form(word, letter.written_form) for name, word in self.words.items()}
        if not letter.approved:
            return [Block("draft", "draft", (Run(words["draft"]),))]
        marks = [Block("closing", "approval", (Run(words["approved"]),))]
        if (page := letter.agency.seal_check) and WORDS_OF_SEAL in words:
            runs = (Run(f"{words['sealed']} "), Run(page, href=page), Run("."))
            marks.append(Block("closing", "approval", runs))
        return marks


def read_templates(folder: Path, findings: Findings, *, shown_as: str) -> Templates | None:
    """Open a folder of templates; None where its words cannot be read."""
    file = f"{shown_as}/{WORDS}"
    keys = read_toml(folder / WORDS, findings, shown_as=file)
    if keys is None:
        return None
    try:
        words = _Words.model_validate(keys).root
    except ValidationError as error:
        note_key_faults(error, findings, file)
        return None
    if missing := [name for name in WORDS_OF_MARKS if name not in words]:
        findings.fault(
            tr("The words for {names} are missing.", names=", ".join(missing)),
            tr("Every letter says one of the two: that it is a draft, or that it is approved."),
            Place(file),
        )
        return None
    return Templates(folder, words)


def kinds_in(folder: Path) -> list[str]:
    """The kinds of letters there are templates for; none where the folder is missing."""
    if not folder.is_dir():
        return []
    return sorted(path.name for path in folder.iterdir() if path.is_dir())
