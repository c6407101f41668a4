"""A kind of letter that no version ships, made by tests: its file, templates, and rounds."""

import re
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

from brevgen.findings import Findings
from brevgen.settings.kind import Kind
from brevgen.settings.kind_file import read_kinds
from tests.support.samples import ROOT, TEMPLATES

MORE = """
name = { nb = "tillegg", nn = "tillegg" }
answer = true
follows = ["request"]
must_say = ["extra", "total", "earlier.reference", "earlier.asked"]

[columns.extra]
header = "flere"
called = { nb = "flere flyktninger", en = "more refugees" }
leaves_out = true
at_least = 5

[columns.total]
header = "i_alt"
called = { nb = "flyktninger i alt", en = "refugees in all" }
sum_of = ["earlier.asked", "extra"]

[columns.reason]
header = "begrunnelse"
called = "begrunnelsen"
type = "text"
required = false

[columns.begins]
header = "fra"
called = "første dag"
type = "date"
required = false

[columns.urgent]
header = "haster"
called = "haster"
type = "yes_no"
required = false

[texts]
why = { nb = "hvorfor flere", en = "why more" }
"""
"""A kind that asks for more than an earlier request did."""

MUST_SAY = 'must_say = ["extra", "total", "earlier.reference", "earlier.asked"]\n'
FREE = MORE.replace(MUST_SAY, "")
"""The same, whose letters need not say anything."""

_NB = """{% extends "layout.html" %}
{% block subject %}Flere flyktninger i {{ year }}{% endblock %}
{% block body %}
<p>I brevet {{ earlier.reference }} av {{ earlier.date | long_date }} ba vi om
{{ earlier.asked | number }}. Nå ber vi om {{ extra | number }} til, i alt {{ total | number }}.</p>
{% if begins %}
<p>De første kommer {{ begins | long_date }}.</p>
{% endif %}
{% if urgent %}
<p>Det haster.</p>
{% endif %}
{% if earlier.answer %}
<p>Kommunen har vedtatt {{ earlier.answer.decided | number }}
den {{ earlier.answer.on | long_date }}.</p>
{% endif %}
<p>{{ background.why }} {{ reason }}</p>
<p>Svar innen {{ deadline | long_date }}, ikke {{ earlier.deadline | long_date }}.</p>
{% endblock %}
"""


def write_kind(
    workspace: Path, name: str, kind: str = MORE, template: str = _NB, nynorsk: str | None = None
) -> None:
    """Put a kind into a workspace, with its templates for letters and for messages.

    Args:
        workspace: where.
        name: what the kind is called.
        kind: its `kind.toml`.
        template: its letter in bokmål.
        nynorsk: its letter in nynorsk; None for the same.
    """
    for folder in ("letters", "messages"):
        place = workspace / "templates" / folder / name
        place.mkdir(parents=True, exist_ok=True)
        (place / "nb.html").write_text(template, encoding="utf-8")
        (place / "nn.html").write_text(nynorsk or template, encoding="utf-8")
    (workspace / "templates" / "letters" / name / "kind.toml").write_text(kind, encoding="utf-8")


def read_kind(folder: Path, name: str = "more", kind: str = MORE) -> Kind:
    """A kind that follows a request, as it is read."""
    for each, text in ((name, kind), ("request", request_toml())):
        (folder / each).mkdir(parents=True, exist_ok=True)
        (folder / each / "kind.toml").write_text(dedent(text), encoding="utf-8")
    findings = Findings()
    found = read_kinds(folder, findings, shown_as="letters", shipped=dict)[name]
    assert found is not None, [str(each) for each in findings.items]
    assert not findings.items
    return found


def request_toml() -> str:
    """The `kind.toml` of the request."""
    return (TEMPLATES / "request" / "kind.toml").read_text(encoding="utf-8")


def write_round(
    workspace: Path,
    name: str,
    allocation: str,
    *,
    kind: str,
    follows: str = "",
    texts: Mapping[str, str] | None = None,
    references: tuple[str, str] = ("17-08000", "17-08099"),
) -> Path:
    """A round of a kind, with the words of 2018 for all that every round tells; its folder."""
    text = (ROOT / "data" / "rounds" / "2018" / "round.toml").read_text(encoding="utf-8")
    for table in ("national", "background.nb", "background.nn"):
        text = re.sub(rf"^\[{re.escape(table)}\]\n(.+\n)*", "", text, flags=re.MULTILINE)
    head = f'kind = "{kind}"\n' + (f'follows = "{follows}"\n' if follows else "")
    text = text.replace('kind = "request"\n', head)
    for key, reference in zip(("first", "last"), references, strict=True):
        text = re.sub(rf"^{key} = .*$", f'{key} = "{reference}"', text, flags=re.MULTILINE)
    for form in ("nb", "nn") if texts else ():
        lines = [f'{key} = "{words}"' for key, words in (texts or {}).items()]
        text += "\n".join(["", f"[background.{form}]", *lines, ""])
    folder = workspace / "data" / "rounds" / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "round.toml").write_text(text, encoding="utf-8")
    (folder / "allocation.csv").write_text(allocation, encoding="utf-8")
    return folder
