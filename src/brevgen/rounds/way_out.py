"""The way letters go, made from the settings and the secrets they name."""

import ssl
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from brevgen.channels.channel import Channel
from brevgen.channels.mail.smtp import SmtpChannel
from brevgen.channels.svarut.folder import SvarUtFolder
from brevgen.channels.svarut.forsendelse import NumbersOf, no_numbers
from brevgen.characters import as_typed
from brevgen.errors import Refused
from brevgen.findings import FaultyInput, Findings, Place
from brevgen.language import tr
from brevgen.marker import MARKER
from brevgen.rounds.archive_numbers import numbers_of
from brevgen.rounds.post import mail_settings, svarut_settings
from brevgen.rounds.session import RoundSession
from brevgen.settings.secrets import SvarUtSecrets, read_password, read_svarut_secrets
from brevgen.settings.svarut import SvarUtSettings
from brevgen.workspace import Workspace

if TYPE_CHECKING:
    from brevgen.channels.svarut.channel import SvarUtChannel
    from brevgen.channels.svarut.token import ClientKey


@dataclass(frozen=True)
class Means:
    """What a way out needs of the world.

    Args:
        environment: where secrets may be kept.
        clock: tells seconds that only grow.
        now: tells the time, aware.
        sleep: waits for a number of seconds.
    """

    environment: Mapping[str, str]
    clock: Callable[[], float]
    now: Callable[[], datetime]
    sleep: Callable[[float], object]


def way_out(
    session: RoundSession, means: Means, redirect_to: str = ""
) -> AbstractContextManager[Channel]:
    """The way the round's letters go for real; to be entered in a `with` statement.

    Args:
        session: the round, which tells which way.
        means: what it needs of the world.
        redirect_to: the reader of a trial by mail; empty for the true recipients.

    Raises:
        FaultyInput: the settings name none, or its secrets are not to be had.
        Refused: the round's letters leave for nowhere.
    """
    place, name = session.workspace, session.name
    if session.channel == "svarut":
        return svarut(place, name, means, numbers_of(session))
    if session.channel == "svarut-folder":
        return folder_for_portal(session, is_counted=True)
    if session.channel == "outbox":
        raise Refused(
            tr(
                "Letters of the round {round} only go to the outbox folder: dispatch.channel in its"
                " round.toml, or --channel, says so. Without --live they are written there.",
                round=as_typed(name),
            )
        )
    return mail_server(place, means, redirect_to)


def mail_server(workspace: Workspace, means: Means, redirect_to: str = "") -> SmtpChannel:
    """The way to the mail server that the settings name; to be entered in a `with` statement.

    Args:
        redirect_to: the reader of a trial, who gets everything; empty for the true recipients.

    Raises:
        FaultyInput: no server is named, or its password is not to be had.
    """
    settings, findings = mail_settings(workspace), Findings()
    if settings.smtp is None:
        raise FaultyInput.of(
            tr("There is no table [mail.smtp], so no real mail can be sent."),
            tr("Add it, with at least host. Without --live the outbox needs no server."),
            Place(MARKER, column="mail.smtp"),
        )
    password = read_password(settings.smtp, workspace.root, means.environment, findings)
    findings.stop_on_faults()
    return SmtpChannel(
        settings,
        password,
        folder=workspace.root,
        clock=means.clock,
        sleep=means.sleep,
        redirect_to=redirect_to,
    )


def folder_for_portal(session: RoundSession, *, is_counted: bool) -> SvarUtFolder:
    """The folder with what a person uploads in SvarUt's portal.

    Args:
        is_counted: whether somebody uploads it; a rehearsal has a folder of its own.
    """
    settings = session.workspace.settings.channels.svarut
    folder = session.workspace.output(session.name)
    return SvarUtFolder(
        folder / ("svarut-folder" if is_counted else "svarut-trial"),
        round_name=session.name,
        is_counted=is_counted,
        accounting_code=settings.accounting_code if settings is not None else "",
        numbers_of=numbers_of(session),
    )


def svarut(
    workspace: Workspace, round_name: str, means: Means, numbers: NumbersOf = no_numbers
) -> "SvarUtChannel":
    """The way through SvarUt.

    Args:
        workspace: its settings name the account.
        round_name: whose letters; empty to ask only.
        means: what it needs of the world.
        numbers: the archive's numbers of the letters.

    Raises:
        FaultyInput: the settings name none, or its secrets are not to be had.
    """
    from brevgen.channels.svarut.channel import SvarUtChannel  # what it needs takes long to load
    from brevgen.channels.svarut.exchange import Exchange
    from brevgen.channels.svarut.service import Service
    from brevgen.channels.svarut.token import Tokens

    settings, findings = svarut_settings(workspace), Findings()
    secrets = read_svarut_secrets(settings, workspace.root, means.environment, findings)
    key = _client_key(settings, secrets, findings) if not findings.faults else None
    trust = _trust(settings, workspace.root, findings)
    findings.stop_on_faults()
    assert key is not None, "else it was a fault"
    assert trust is not None, "else it was a fault"
    tokens = Tokens(key, settings.client, settings.issuer, means.now)
    service = Service(settings, secrets.password, tokens, Exchange(trust))
    return SvarUtChannel(
        settings,
        service,
        round_name=round_name,
        clock=means.clock,
        sleep=means.sleep,
        numbers_of=numbers,
    )


def _client_key(
    settings: SvarUtSettings, secrets: SvarUtSecrets, findings: Findings
) -> "ClientKey | None":
    from brevgen.channels.svarut.token import BadKey, client_key

    try:
        return client_key(secrets.key, secrets.passphrase, settings.key_id)
    except BadKey as reason:
        findings.fault(
            tr(
                "{file} will not do as the client's key. {why}",
                file=settings.key,
                why=tr(str(reason)),
            ),
            tr("Name the right file, its passphrase and, for a registered key, key_id."),
            Place(MARKER, column="channels.svarut.key"),
        )
        return None


def _trust(settings: SvarUtSettings, folder: Path, findings: Findings) -> ssl.SSLContext | None:
    """Whom to trust: the authorities of the system, or only those in the file that is named."""
    file = folder / settings.ca_file if settings.ca_file else None
    try:
        context = ssl.create_default_context(cafile=file)
    except (OSError, ssl.SSLError) as error:
        findings.fault(
            tr(
                "{file} cannot be used as channels.svarut.ca_file ({reason}).",
                file=file,
                reason=error.strerror or error,
            ),
            tr("It must be a PEM file with certificates."),
            Place(MARKER, column="channels.svarut.ca_file"),
        )
        return None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
