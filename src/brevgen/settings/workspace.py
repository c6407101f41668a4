"""The settings of a workspace, from `brevgen.toml`."""

from pydantic import Field

from brevgen.language import untranslated
from brevgen.settings.mail import MailSettings
from brevgen.settings.seal import SealSettings
from brevgen.settings.types import InBothForms, SettingsTable, Text


class AgencySettings(SettingsTable):
    """Who the letters are from."""

    short_name: Text = Field(description=untranslated("the agency's short name, such as IMDi"))
    name: InBothForms = Field(description=untranslated("the agency's full name, nb and nn"))


class ApprovalSettings(SettingsTable):
    """How letters are approved."""

    four_eyes: bool = Field(
        False, description=untranslated("true if the account that made a draft may not approve it")
    )


class LedgerSettings(SettingsTable):
    """Where the ledger lies."""

    file: Text = Field(
        "data/ledger.sqlite3",
        description=untranslated("the ledger's file, relative to the workspace; on a local disk"),
    )


class Settings(SettingsTable):
    """The settings in `brevgen.toml`."""

    agency: AgencySettings = Field(
        description=untranslated("the table [agency]: who the letters are from")
    )
    approval: ApprovalSettings = Field(
        ApprovalSettings(),
        description=untranslated("the table [approval]: how letters are approved"),
    )
    seal: SealSettings = Field(
        SealSettings(),
        description=untranslated("the table [seal]: the agency's key, and whom to trust"),
    )
    ledger: LedgerSettings = Field(
        LedgerSettings(), description=untranslated("the table [ledger]: where the ledger lies")
    )
    mail: MailSettings | None = Field(
        None,
        description=untranslated(
            "the table [mail]: how letters go out; without it none can be sent"
        ),
    )
