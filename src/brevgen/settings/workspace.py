"""The settings of a workspace, from `brevgen.toml`."""

from typing import Literal

from pydantic import Field

from brevgen.language import untranslated
from brevgen.settings.archive import ArchiveSettings
from brevgen.settings.desk import DeskSettings
from brevgen.settings.ledger import LedgerSettings
from brevgen.settings.mail import MailSettings
from brevgen.settings.seal import SealSettings
from brevgen.settings.svarut import ChannelsSettings
from brevgen.settings.types import (
    Address,
    AddressOrNothing,
    InBothForms,
    OrganisationNumber,
    SettingsTable,
    Text,
    TextOrNothing,
    WebAddressOrNothing,
)


class AgencySettings(SettingsTable):
    """Who the letters are from."""

    short_name: Text = Field(description=untranslated("the agency's short name, such as IMDi"))
    name: InBothForms = Field(description=untranslated("the agency's full name, nb and nn"))
    postal_address: TextOrNothing = Field(
        "",
        description=untranslated(
            "street or box, postal code and town, as letters print it at their foot; this"
            " and the keys below may be left out, and nothing is printed then"
        ),
    )
    telephone: TextOrNothing = Field("", description=untranslated("the switchboard's number"))
    email: AddressOrNothing = Field(
        "", description=untranslated("the agency's general e-mail address")
    )
    web: WebAddressOrNothing = Field(
        "", description=untranslated("the agency's page on the web, https://")
    )
    organisation_number: OrganisationNumber = Field(
        "", description=untranslated("the agency's organisation number, 9 digits")
    )
    seal_check: WebAddressOrNothing = Field(
        "",
        description=untranslated(
            "the page where anyone can check the seal of a letter, https://; approved"
            " letters tell it"
        ),
    )


class ApprovalSettings(SettingsTable):
    """How letters are approved."""

    four_eyes: bool = Field(
        False, description=untranslated("true if the account that made a draft may not approve it")
    )
    passkey: Literal["optional", "required"] = Field(
        "optional",
        description=untranslated(
            "“required” if letters are approved only with a passkey of the signatory’s, which is"
            " done in the desk"
        ),
    )
    receipts_to: tuple[Address, ...] = Field(
        (),
        description=untranslated(
            "e-mail addresses that get a receipt of each approval, such as the signatory's own: how"
            " far the ledger had come, with its witness"
        ),
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
    archive: ArchiveSettings = Field(
        ArchiveSettings(),
        description=untranslated("the table [archive]: how letters are handed over to the archive"),
    )
    desk: DeskSettings | None = Field(
        None,
        description=untranslated(
            "the table [desk]: the desk for several people; without it, it is for one person"
            " on this machine"
        ),
    )
    channels: ChannelsSettings = Field(
        ChannelsSettings(),
        description=untranslated("the tables [channels.…]: ways besides mail that letters can go"),
    )
