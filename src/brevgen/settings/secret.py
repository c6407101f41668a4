"""Passphrases and PINs: from the environment or from a file, never from settings or a command."""

import os
from pathlib import Path

from brevgen.findings import Findings
from brevgen.settings.seal import place, read_file


def read_secret(what: str, variable: str, file: str, folder: Path, findings: Findings) -> str:
    """A secret; empty where none is given, or with a fault where its file will not do.

    Args:
        what: `passphrase` or `pin`, as the settings' keys begin.
        variable: the environment variable that holds it.
        file: the file that holds it instead, on its first line; empty for none.
        folder: what the file's path is relative to.
        findings: where faults go.
    """
    if not file:
        return os.environ.get(variable, "")
    key = f"{what}_file"
    data = read_file(folder / file, key, findings)
    if data is None:
        return ""
    try:
        first, *_ = [*data.decode("utf-8-sig").splitlines(), ""]
    except UnicodeDecodeError:
        findings.fault("The file is not UTF-8 text.", "Save it as UTF-8.", place(key))
        return ""
    if not first:
        findings.fault("The file is empty.", f"Write the {what} on its first line.", place(key))
    return first
