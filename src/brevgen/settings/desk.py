"""The `[desk]` table of `brevgen.toml`: where several people reach the desk, and who may do what.

No secret stands here: the settings only name where it is kept.
"""

import re
from collections.abc import Collection, Mapping
from ipaddress import ip_address
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from brevgen.actor import ROLES, Role
from brevgen.language import tr, untranslated
from brevgen.settings.mail import is_loopback
from brevgen.settings.types import SettingsTable, Text, TextOrNothing, Variable

GROUP = "group:"
"""What the name of a group begins with among accounts."""

_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,252}(:[0-9]{1,5})?")
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_ACCOUNT = re.compile(r"[^\s\x00-\x1f\x7f]{1,400}")


def _host(text: str) -> str:
    host = text.lower()
    if not _NAME.fullmatch(host):
        raise ValueError(
            tr(
                "“{text}” is not the name the desk is reached by, such as brev.imdi.example, with"
                " its port behind a colon where that is not 443.",
                text=text,
            )
        )
    return host.removesuffix(":443")


def _address(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError:
        raise ValueError(tr("“{text}” is not an IP address.", text=text)) from None


def _issuer(text: str) -> str:
    parts = urlsplit(text)
    is_plain_here = parts.scheme == "http" and is_loopback(parts.hostname or "")
    if not parts.hostname or not (parts.scheme == "https" or is_plain_here) or parts.query:
        raise ValueError(
            tr("“{text}” is not the address of an issuer, which begins with https://", text=text)
        )
    return text


def _header(text: str) -> str:
    if text and not _HEADER.fullmatch(text):
        raise ValueError(
            tr("“{text}” is not the name of a header, such as X-Remote-User.", text=text)
        )
    return text


def is_account(text: str) -> bool:
    """Whether a text can be an account: some signs, none of them blank or unseen.

    One with a sign that nobody sees would look like another in the log.
    """
    is_word = bool(_ACCOUNT.fullmatch(text)) and text.isprintable()
    return is_word and not text.startswith(GROUP)


def _account(text: str) -> str:
    if not is_account(text):
        raise ValueError(
            tr("“{text}” is not an account, which is one word of at most 400 signs.", text=text)
        )
    return text


def _member(text: str) -> str:
    return text if text.startswith(GROUP) and len(text) > len(GROUP) else _account(text)


Ip = Annotated[str, AfterValidator(_address)]
Members = tuple[Annotated[Text, AfterValidator(_member)], ...]


class OidcSettings(SettingsTable):
    """Who logs people in: Entra ID, Ansattporten, or any other OpenID provider."""

    issuer: Annotated[Text, AfterValidator(_issuer)] = Field(
        description=untranslated(
            "the provider's address, exactly as its tokens name it; its"
            " /.well-known/openid-configuration is read"
        )
    )
    client_id: Text = Field(description=untranslated("what the provider calls the desk"))
    client_secret_env: Variable = Field(
        "BREVGEN_DESK_CLIENT_SECRET",
        description=untranslated("environment variable with the desk's secret at the provider"),
    )
    client_secret_file: TextOrNothing = Field(
        "",
        description=untranslated(
            "file with the secret on its first line instead; relative to the workspace"
        ),
    )
    scopes: tuple[Text, ...] = Field(
        ("openid", "profile"), description=untranslated("what is asked for; openid is among it")
    )
    acr_values: tuple[Text, ...] = Field(
        (),
        description=untranslated(
            "how people must log in, such as entraid for Ansattporten; a log-in of another"
            " kind is refused"
        ),
    )
    account_claim: Literal["sub", "oid"] = Field(
        "sub",
        description=untranslated(
            "what tells one person from all others of the issuer; oid for Entra ID"
        ),
    )
    name_claim: Text = Field(
        "preferred_username",
        description=untranslated("what is shown and recorded beside it, for people to read"),
    )
    groups_claim: Text = Field(
        "groups",
        description=untranslated(
            "what tells a person's groups; roles for the app roles of Entra ID"
        ),
    )

    @model_validator(mode="after")
    def _asks_for_openid(self) -> "OidcSettings":
        if "openid" not in self.scopes:
            raise ValueError(tr("Among the scopes must be openid."))
        return self


class ProxySettings(SettingsTable):
    """The reverse proxy before the desk."""

    addresses: tuple[Ip, ...] = Field(
        description=untranslated("the proxy's IP addresses; from no other is a header believed")
    )
    header: Annotated[str, AfterValidator(_header)] = Field(
        "",
        description=untranslated(
            "the header in which the proxy tells who is logged in, such as X-Remote-User;"
            " empty where the desk logs people in itself"
        ),
    )
    groups_header: Annotated[str, AfterValidator(_header)] = Field(
        "", description=untranslated("the header with the person's groups, separated by commas")
    )

    @model_validator(mode="after")
    def _somebody_tells_it(self) -> "ProxySettings":
        if not self.addresses:
            raise ValueError(tr("There must be at least one address of the proxy."))
        if self.groups_header and not self.header:
            raise ValueError(tr("There is a groups_header but no header: name the header too."))
        return self


class RoleSettings(SettingsTable):
    """Who may do what: accounts, and groups as `group:NAME`."""

    look: Members = Field(
        (),
        description=untranslated(
            "who may look at everything and change nothing; whoever may do something may"
            " look too, and nobody else gets in"
        ),
    )
    make: Members = Field((), description=untranslated("who may make letters"))
    approve: Members = Field((), description=untranslated("who may approve them"))
    send: Members = Field((), description=untranslated("who may send them"))
    follow_up: Members = Field(
        (), description=untranslated("who may register answers and hand over to the archive")
    )
    administer: Members = Field((), description=untranslated("who may change the settings"))

    def of(self, names: Collection[str], groups: Collection[str]) -> tuple[Role, ...] | None:
        """What a person may do; None for who may not even look.

        Args:
            names: every name of the person.
            groups: those the person is in.
        """
        names = {*names, *(f"{GROUP}{group}" for group in groups)}
        having = tuple(role for role in ROLES if names & set(self._members[role]))
        return having if having or names & set(self.look) else None

    @property
    def _members(self) -> Mapping[Role, Members]:
        return {
            "make": self.make,
            "approve": self.approve,
            "send": self.send,
            "follow up": self.follow_up,
            "administer": self.administer,
        }


class DeskSettings(SettingsTable):
    """How several people reach the desk; without this table it is for one, on this machine."""

    host: Annotated[Text, AfterValidator(_host)] = Field(
        description=untranslated(
            "the name in the address https://…/ by which the desk is reached, with its port"
            " where that is not 443"
        )
    )
    address: Ip = Field(
        "127.0.0.1", description=untranslated("the IP address of this machine to listen at")
    )
    port: Annotated[int, Field(ge=1, le=65535, strict=True)] = Field(
        8080, description=untranslated("the port to listen at")
    )
    certificate: TextOrNothing = Field(
        "",
        description=untranslated(
            "PEM file with the certificate and its issuers; empty where a proxy has it;"
            " relative to the workspace"
        ),
    )
    key: TextOrNothing = Field(
        "",
        description=untranslated("PEM file with the certificate's key; relative to the workspace"),
    )
    idle: Annotated[int, Field(ge=1, le=1440, strict=True)] = Field(
        30, description=untranslated("minutes without a page after which a person is logged out")
    )
    longest: Annotated[int, Field(ge=1, le=168, strict=True)] = Field(
        24, description=untranslated("hours after which a person is logged out in any case")
    )
    oidc: OidcSettings | None = Field(
        None, description=untranslated("the table [desk.oidc]: who logs people in")
    )
    proxy: ProxySettings | None = Field(
        None, description=untranslated("the table [desk.proxy]: the reverse proxy, if there is one")
    )
    accounts: Mapping[Annotated[str, AfterValidator(_account)], Text] = Field(
        {},
        description=untranslated(
            'short names for accounts, as in kari = "0f1c…": the name is recorded, and'
            " stands in round.toml; best the same as on this machine"
        ),
    )
    roles: RoleSettings = Field(description=untranslated("the table [desk.roles]: who may do what"))

    @model_validator(mode="after")
    def _one_way_in(self) -> "DeskSettings":
        if (self.oidc is None) == (self.proxy is None or not self.proxy.header):
            raise ValueError(
                tr(
                    "People must be logged in by one of two: the table [desk.oidc], or a header"
                    " in [desk.proxy]."
                )
            )
        if bool(self.certificate) != bool(self.key):
            raise ValueError(tr("A certificate and its key belong together: name both files."))
        return self

    @model_validator(mode="after")
    def _one_name_each(self) -> "DeskSettings":
        at = f"@{self.oidc.issuer}" if self.oidc is not None else ""
        known = [each.removesuffix(at) for each in self.accounts.values()]
        if twice := sorted({each for each in known if known.count(each) > 1}):
            raise ValueError(tr("“{account}” has two names; keep one.", account=twice[0]))
        return self

    def names_of(self, identity: str, issuer: str = "") -> tuple[str, ...]:
        """What a person is called here: first the account, which is recorded, then what else means
        the same person.

        Only together with its issuer does an identity tell one person from all others (OpenID
        Connect Core 1.0, section 5.7). Alone it does so where an issuer is named beside it, as in
        the settings, and in ledgers of earlier versions, which knew of one issuer.

        Args:
            identity: what the provider or the proxy calls the person.
            issuer: the provider, as its token says; empty for a proxy.

        Returns:
            nothing where it is no account, or is the short name of somebody else.
        """
        whole = f"{identity}@{issuer}" if issuer else identity
        if not (is_account(identity) and is_account(whole)):
            return ()
        candidates = (whole, identity) if issuer and "://" not in identity else (whole,)
        own = [each for each in candidates if self.accounts.get(each, each) in (whole, identity)]
        short = [name for name, known in self.accounts.items() if known in own]
        return tuple(dict.fromkeys([*short, *own]))
