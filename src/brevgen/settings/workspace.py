"""The settings of a workspace, from `brevgen.toml`."""

from brevgen.settings.mail import MailSettings
from brevgen.settings.seal import SealSettings
from brevgen.settings.types import InBothForms, SettingsTable, Text


class AgencySettings(SettingsTable):
    """Who the letters are from.

    Args:
        short_name: e.g. `IMDi`.
        name: the full name in both written forms.
    """

    short_name: Text
    name: InBothForms


class ApprovalSettings(SettingsTable):
    """How letters are approved.

    Args:
        four_eyes: whether the account that made a draft may not approve it.
    """

    four_eyes: bool = False


class LedgerSettings(SettingsTable):
    """Where the ledger lies.

    Args:
        file: the ledger's file, relative to the workspace; on a local disk.
    """

    file: Text = "data/ledger.sqlite3"


class Settings(SettingsTable):
    """The settings in `brevgen.toml`.

    Args:
        agency: who the letters are from.
        approval: how letters are approved.
        seal: the agency's key, and whom to trust.
        ledger: where the ledger lies.
        mail: how letters go out; without it none can be sent.
    """

    agency: AgencySettings
    approval: ApprovalSettings = ApprovalSettings()
    seal: SealSettings = SealSettings()
    ledger: LedgerSettings = LedgerSettings()
    mail: MailSettings | None = None
