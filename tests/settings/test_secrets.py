"""Secrets: from the environment or the first line of a file, and never quoted."""

from pathlib import Path

import pytest

from brevgen.findings import Findings
from brevgen.settings.secrets import read_password, read_secret
from tests.channels.mail.mail_samples import smtp_settings

PASSWORD = "pæss word"


def password(folder: Path, environment: dict[str, str], **keys: str) -> tuple[str, list[str]]:
    findings = Findings()
    server = smtp_settings(587, host="smtp.imdi.example", tls="starttls", **keys)
    found = read_password(server, folder, environment, findings)
    return found, [str(item) for item in findings.items]


def test_without_a_user_no_password_is_looked_for(tmp_path: Path) -> None:
    assert password(tmp_path, {"BREVGEN_SMTP_PASSWORD": PASSWORD}) == ("", [])


def test_the_password_comes_from_the_environment(tmp_path: Path) -> None:
    assert password(tmp_path, {"BREVGEN_SMTP_PASSWORD": PASSWORD}, user="me") == (PASSWORD, [])
    assert password(tmp_path, {"OTHER": PASSWORD}, user="me", password_env="OTHER") == (
        PASSWORD,
        [],
    )


@pytest.mark.parametrize("end", ["", "\n", "\r\n", "\nand more\n"])
def test_the_password_is_the_first_line_of_its_file(tmp_path: Path, end: str) -> None:
    (tmp_path / "secret").write_bytes(f"{PASSWORD}{end}".encode("utf-8-sig"))
    assert password(tmp_path, {}, user="me", password_file="secret") == (PASSWORD, [])


def test_a_password_that_is_not_there_is_a_clear_fault(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("\nhunter2\n")
    (tmp_path / "latin").write_bytes(b"p\xe6ss")
    (tmp_path / "blank").write_text("hunter2 " * 10_000)
    _, missing = password(tmp_path, {}, user="me")
    assert "BREVGEN_SMTP_PASSWORD is not set" in missing[0]
    for name, words in (
        ("gone", "no such file"),
        ("empty", "is empty"),
        ("blank", "larger than"),
        ("latin", "not UTF-8"),
        (".", "folder, not a file"),
        ("/dev/zero", "no ordinary file"),
    ):
        found, told = password(tmp_path, {}, user="me", password_file=name)
        assert (found, len(told)) == ("", 1)
        assert words in told[0]
        assert told[0].startswith("brevgen.toml, mail.smtp.password_file: ")
        assert "hunter2" not in told[0]


def test_any_secret_is_read_in_the_same_way(tmp_path: Path) -> None:
    (tmp_path / "pin").write_text("1234\n")
    findings = Findings()

    def pin(file: str, **environment: str) -> str:
        return read_secret("seal.pin", "PIN", file, tmp_path, environment, findings)

    assert pin("", PIN="4321") == "4321"
    assert pin("", OTHER="4321") == ""
    assert pin("pin", PIN="4321") == "1234"
    assert findings.items == []
    assert pin("gone") == ""
    assert [str(fault.place) for fault in findings.faults] == ["brevgen.toml, seal.pin_file"]
