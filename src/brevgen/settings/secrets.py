"""Passwords, passphrases and PINs: from the environment or a file, never from the settings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from brevgen.errors import UnreadableFile
from brevgen.files import MEGABYTE, read_bytes
from brevgen.findings import Findings, Place
from brevgen.language import tr, untranslated
from brevgen.marker import MARKER
from brevgen.settings.mail import SmtpSettings
from brevgen.settings.svarut import SvarUtSettings

MAX_SECRET = 64 * 1024
"""Bytes of a file with a secret."""

_ON_THE_FIRST_LINE = {
    "client_secret": untranslated("Write the secret on the first line."),
    "passphrase": untranslated("Write the passphrase on the first line."),
    "password": untranslated("Write the password on the first line."),
    "pin": untranslated("Write the PIN on the first line."),
}


def read_secret(
    key: str,
    variable: str,
    file: str,
    folder: Path,
    environment: Mapping[str, str],
    findings: Findings,
) -> str:
    """A secret; empty where none is given, or with a fault where its file will not do.

    No fault quotes what was found.

    Args:
        key: the settings' key without its ending `_env` or `_file`, such as `seal.pin`.
        variable: the environment variable that holds it.
        file: the file that holds it instead, on its first line; empty for none.
        folder: what the file's path is relative to.
    """
    if not file:
        return environment.get(variable, "")
    path, place = folder / file, Place(MARKER, column=f"{key}_file")
    try:
        text = read_bytes(path, most=MAX_SECRET).decode("utf-8-sig")
    except UnreadableFile as reason:
        what = tr("{file}: {fault}", file=path, fault=reason.what)
        findings.fault(what, reason.remedy, place)
        return ""
    except UnicodeDecodeError:
        findings.fault(tr("{file} is not UTF-8 text.", file=path), tr("Save it as UTF-8."), place)
        return ""
    first = text.partition("\n")[0].removesuffix("\r")
    if not first:
        findings.fault(
            tr("The first line of {file} is empty.", file=path),
            tr(_ON_THE_FIRST_LINE[key.rpartition(".")[2]]),
            place,
        )
    return first


def read_password(
    settings: SmtpSettings, folder: Path, environment: Mapping[str, str], findings: Findings
) -> str:
    """The password of the mail server's user; empty where there is no user, or with a fault."""
    if not settings.user:
        return ""
    password = read_secret(
        "mail.smtp.password",
        settings.password_env,
        settings.password_file,
        folder,
        environment,
        findings,
    )
    if not password and not settings.password_file:
        findings.fault(
            tr(
                "The environment variable {variable} is not set; it should hold the password of"
                " {user}.",
                variable=settings.password_env,
                user=settings.user,
            ),
            tr("Set it, or name a file with the password in mail.smtp.password_file."),
            Place(MARKER, column="mail.smtp.password_env"),
        )
    return password


@dataclass(frozen=True)
class SvarUtSecrets:
    """What opens SvarUt.

    Args:
        password: the integration's.
        key: the bytes of the client's key file.
        passphrase: of that file; empty where it has none.
    """

    password: str = field(repr=False)
    key: bytes = field(repr=False)
    passphrase: str = field(repr=False)


def read_svarut_secrets(
    settings: SvarUtSettings, folder: Path, environment: Mapping[str, str], findings: Findings
) -> SvarUtSecrets:
    """What opens SvarUt; with faults where something is missing."""
    table = "channels.svarut"
    password = read_secret(
        f"{table}.password",
        settings.password_env,
        settings.password_file,
        folder,
        environment,
        findings,
    )
    if not password and not settings.password_file:
        findings.fault(
            tr(
                "The environment variable {variable} is not set; it should hold the password of"
                " the integration at KS.",
                variable=settings.password_env,
            ),
            tr("Set it, or name a file with the password in channels.svarut.password_file."),
            Place(MARKER, column=f"{table}.password_env"),
        )
    passphrase = read_secret(
        f"{table}.passphrase",
        settings.passphrase_env,
        settings.passphrase_file,
        folder,
        environment,
        findings,
    )
    path, key = folder / settings.key, b""
    try:
        key = read_bytes(path, most=MEGABYTE)
    except UnreadableFile as reason:
        what = tr("{file}: {fault}", file=path, fault=reason.what)
        findings.fault(what, reason.remedy, Place(MARKER, column=f"{table}.key"))
    return SvarUtSecrets(password, key, passphrase)
