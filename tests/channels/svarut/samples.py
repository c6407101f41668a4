"""A letter for SvarUt to try things on."""

from pathlib import Path
from typing import Any

from brevgen.channels.channel import Consignment
from brevgen.channels.recipients import Recipient
from brevgen.channels.svarut.forsendelse import Forsendelse, forsendelse
from tests.channels.mail.mail_samples import consignment
from tests.support.samples import ROOT
from tests.support.svarut_rounds import AS, use_svarut
from tests.support.svarut_stub import SvarUt

AAS = Recipient(
    "municipality",
    "Kommunen",
    "",
    "",
    organisation_number=AS,
    distribution=("Ordfører Kari Moen", "Rådmann"),
)


def letter_to_aas(**changes: Any) -> Consignment:
    return consignment(**{"recipient": AAS, **changes})


def ready(**changes: Any) -> Forsendelse:
    return forsendelse(letter_to_aas(**changes), round_name="2018")


def workspace_for(folder: Path, to: SvarUt, **keys: object) -> Path:
    """A workspace with settings alone."""
    folder.mkdir(exist_ok=True)
    text = (ROOT / "brevgen.toml").read_text(encoding="utf-8")
    (folder / "brevgen.toml").write_text(text, encoding="utf-8")
    use_svarut(folder, to, **keys)
    return folder
