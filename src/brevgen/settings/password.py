"""The mail server's password: from the environment or a file, never from settings or a command."""

from collections.abc import Mapping
from pathlib import Path

from brevgen.findings import Findings, Place
from brevgen.marker import MARKER
from brevgen.settings.mail import SmtpSettings


def read_password(
    settings: SmtpSettings, folder: Path, environment: Mapping[str, str], findings: Findings
) -> str:
    """The user's password; empty where there is no user, or with a fault where it is not to be had.

    Args:
        settings: where it is kept.
        folder: what the file's path is relative to.
        environment: the environment variables.
        findings: where faults go; none of them quotes what was found.
    """
    if not settings.user:
        return ""
    if not settings.password_file:
        password = environment.get(settings.password_env, "")
        if not password:
            findings.fault(
                f"The environment variable {settings.password_env} is not set; it should hold the"
                f" password of {settings.user}.",
                "Set it, or name a file with the password in mail.smtp.password_file.",
                Place(MARKER, column="mail.smtp.password_env"),
            )
        return password
    return _first_line(folder / settings.password_file, findings)


def _first_line(path: Path, findings: Findings) -> str:
    """The first line of a file, without the line's end."""
    place = Place(MARKER, column="mail.smtp.password_file")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        findings.fault(f"The file {path} is not there.", "Put it there.", place)
        return ""
    except OSError as error:
        findings.fault(
            f"The file {path} cannot be read ({error.strerror}).", "See who may read it.", place
        )
        return ""
    except UnicodeDecodeError:
        findings.fault(f"The file {path} is not UTF-8 text.", "Save it as UTF-8.", place)
        return ""
    first = text.partition("\n")[0].rstrip("\r")
    if not first:
        findings.fault(
            f"The first line of {path} is empty.", "Write the password on the first line.", place
        )
    return first
