"""The page of `kind.toml`, and the kind of the request, which other pages tell of."""

from pathlib import Path

from brevgen.findings import Findings
from brevgen.settings.kind import REQUEST, Kind
from brevgen.settings.kind_file import read_kinds
from scripts.reference.markdown import page, table
from scripts.reference.of_settings import KEY_HEADERS, keys

_LETTERS = Path(__file__).resolve().parents[2] / "templates" / "letters"
KINDS = read_kinds(_LETTERS, Findings(), shown_as="letters", shipped=dict)
"""The kinds that ship."""


def request() -> Kind:
    """The kind of the request."""
    kind = KINDS[REQUEST]
    assert kind is not None, "what ships has no faults"
    return kind


def kind_toml_page() -> str:
    """docs/reference/kind-toml.md."""
    intro = (
        "A kind of letter: `templates/letters/KIND/kind.toml`, beside its `nb.html` and `nn.html`."
        " TOML in UTF-8. A missing or unknown key is a fault that names it. NAME stands for a name"
        " of small letters, digits and underscores: under `columns`, what templates call the fact."
        " A relation names another count of the kind, or one of the earlier letter, such as"
        " `earlier.asked`. What something is called is a text, or a table with `nb` and `en`."
    )
    return page("kind.toml", intro, table(KEY_HEADERS, keys(Kind)))
