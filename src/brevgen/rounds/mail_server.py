"""The way to the mail server that the settings name."""

from collections.abc import Callable, Mapping

from brevgen.channels.mail.smtp import SmtpChannel
from brevgen.findings import FaultyInput, Findings, Place
from brevgen.language import tr
from brevgen.marker import MARKER
from brevgen.rounds.post import mail_settings
from brevgen.settings.secrets import read_password
from brevgen.workspace import Workspace


def mail_server(
    workspace: Workspace,
    environment: Mapping[str, str],
    *,
    clock: Callable[[], float],
    sleep: Callable[[float], object],
    redirect_to: str = "",
) -> SmtpChannel:
    """The way to the mail server; to be entered in a `with` statement.

    Args:
        workspace: its settings name the server.
        environment: where the password may be kept.
        clock: seconds that never go back.
        sleep: waits for a number of seconds.
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
    password = read_password(settings.smtp, workspace.root, environment, findings)
    findings.stop_on_faults()
    return SmtpChannel(
        settings,
        password,
        folder=workspace.root,
        clock=clock,
        sleep=sleep,
        redirect_to=redirect_to,
    )
