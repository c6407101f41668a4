"""Which branches of its template a letter takes, and what it says in each of them.

A template is filled once more with marks where its branches begin and end; the marks are read, and
what was filled is thrown away.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

from jinja2 import DictLoader, Environment

from brevgen.letter.content import WrittenForm
from brevgen.letter.letter import Letter
from brevgen.letter.templates import ENCODING, LAYOUT, Templates

_MARK = re.compile("\x02(/?)([0-9]+)\x03")
"""Where a branch begins, and with a slash where it ends: signs that no template can hold."""
_TAGS = re.compile("<[^>]*>")


@dataclass(frozen=True, order=True)
class Branch:
    """What stands between `if`, `elif`, `else` and `endif`.

    Args:
        file: the template, such as `request/nb.html`.
        line: where the branch begins; where there is no `else`, the branch that says nothing begins
            at `endif`.
        number: sets it apart from others that begin in the same line.
    """

    file: str
    line: int
    number: int


class BranchReader:
    """Reads which branches letters take.

    Args:
        templates: the templates of the letters, without faults.
    """

    def __init__(self, templates: Templates) -> None:
        self._templates = templates
        self._branches: list[Branch] = []
        self._environments: dict[tuple[str, WrittenForm], Environment] = {}

    def taken(self, letter: Letter) -> dict[Branch, str]:
        """The branches that a letter takes, with the words that it says there; some say none."""
        name = f"{letter.kind}/{letter.written_form}.html"
        environment = self._environment(name, letter)
        markup = environment.get_template(name).render(letter.facts())
        found: dict[Branch, str] = {}
        begun: list[int] = []
        for mark in _MARK.finditer(markup):
            if not mark[1]:
                begun.append(mark.end())
            else:
                words = _MARK.sub("", markup[begun.pop() : mark.start()])
                text = " ".join(unescape(_TAGS.sub(" ", words)).split())
                branch = self._branches[int(mark[2])]
                found[branch] = found.get(branch) or text
        return found

    def _environment(self, name: str, letter: Letter) -> Environment:
        key = letter.kind, letter.written_form
        if key not in self._environments:
            environment = self._templates.environment(letter.written_form)
            sources = {
                file: (self._templates.folder / file).read_text(encoding=ENCODING)
                for file in (LAYOUT, name)
            }
            marked = {
                file: "".join(self._marked(environment, file, source))
                for file, source in sources.items()
            }
            self._environments[key] = environment.overlay(loader=DictLoader(marked))
        return self._environments[key]

    def _marked(self, environment: Environment, file: str, source: str) -> Iterator[str]:
        """A template with marks, piece by piece."""
        open_: list[tuple[str, int]] = []  # the last verb of what is open, and its branch
        for verb, line, text in _pieces(environment, source):
            ends = verb in ("elif", "else", "endif", "endfor")
            last, branch = open_.pop() if ends else ("", 0)
            is_of_if = last in ("if", "elif", "else")
            if ends and is_of_if:
                yield f"\x02/{branch}\x03"
            if verb == "endif" and last != "else":
                number = self._new(file, line)
                yield f"{{% else %}}\x02{number}\x03\x02/{number}\x03"
            yield text
            if verb == "if" or (is_of_if and verb in ("elif", "else")):
                open_.append((verb, self._new(file, line)))
                yield f"\x02{open_[-1][1]}\x03"
            elif verb in ("for", "else"):
                open_.append(("for", 0))

    def _new(self, file: str, line: int) -> int:
        number = len(self._branches)
        self._branches.append(Branch(file, line, number))
        return number


def _pieces(environment: Environment, source: str) -> Iterator[tuple[str, int, str]]:
    """A template cut into its statements and what is between them.

    Yields:
        the statement's verb, empty for all else; its line; the text.
    """
    verb, first, text = "", 0, ""
    for line, token, value in environment.lex(source):
        if token == "block_begin":  # noqa: S105 - no password
            yield "", first, text
            verb, first, text = "", line, ""
        text += value
        if token == "name" and not verb:  # noqa: S105
            verb = value
        if token == "block_end":  # noqa: S105
            yield verb, first, text
            verb, text = "", ""
    yield "", first, text
