"""What an administrator copies to run the desk keeps what the page on it promises."""

import re
import subprocess
import tomllib
from configparser import ConfigParser
from pathlib import Path

import pytest

from brevgen.desk.server import PATIENCE
from brevgen.settings.desk import DeskSettings

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"


@pytest.fixture
def steps() -> list[tuple[str, str]]:
    """The instructions of the Dockerfile with what they are told."""
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    lines = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ").splitlines()
    parts = [line.partition(" ") for line in lines if line.strip()]
    return [(word, " ".join(rest.split())) for word, _, rest in parts]


@pytest.fixture
def copied(steps: list[tuple[str, str]]) -> list[str]:
    """What the image is built of, as paths in the checkout."""
    return [path for word, told in steps if word == "COPY" for path in told.split()[:-1]]


def test_the_image_is_debian_and_nothing_runs_in_it_as_root(steps: list[tuple[str, str]]) -> None:
    words = [word for word, _ in steps]
    assert dict(steps)["FROM"].startswith("debian:")
    assert words.count("USER") == 1
    assert dict(steps)["USER"] not in ("root", "0")
    assert {"ENTRYPOINT", "CMD", "HEALTHCHECK"} <= set(words[words.index("USER") :])
    assert "RUN" not in words[words.index("USER") :]


def test_only_the_workspace_of_the_image_is_written_to(steps: list[tuple[str, str]]) -> None:
    told = dict(steps)
    assert [rest for word, rest in steps if word == "VOLUME"] == [told["WORKDIR"]]
    page = (ROOT / "docs/administrator/desk.md").read_text(encoding="utf-8")
    run = page.partition("docker run")[2].partition("```")[0]
    assert "--read-only --tmpfs /tmp --cap-drop all" in run
    assert f":{told['WORKDIR']} " in run
    port = DeskSettings.model_fields["port"].default
    assert told["EXPOSE"] == str(port)
    assert f"http://127.0.0.1:{port}/health" in told["HEALTHCHECK"]


def test_the_image_is_built_of_files_that_are_there_and_of_no_data_of_ours(
    copied: list[str],
) -> None:
    known = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
    ).stdout.split("\0")
    for path in copied:
        assert any(file == path or file.startswith(f"{path}/") for file in known), path
    assert not [path for path in copied if path.startswith("data/rounds")]
    assert "data" not in copied


def test_all_that_the_package_takes_along_is_there_when_the_image_is_built(
    copied: list[str],
) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    along = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert along
    for path in along:
        assert any(path == each or path.startswith(f"{each}/") for each in copied), path


def test_the_service_writes_to_nothing_but_the_workspace_and_is_not_root() -> None:
    unit = ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(DEPLOY / "brevgen-desk.service", encoding="utf-8")
    service = unit["Service"]
    assert service["User"] not in ("root", "0")
    assert service["ProtectSystem"] == "strict"
    assert service["ReadWritePaths"] == service["WorkingDirectory"] == "/srv/letters"
    assert service["NoNewPrivileges"] == "true"
    assert service["CapabilityBoundingSet"] == ""
    assert service["KillMode"] == "mixed"  # the desk itself tells its workers to stop
    assert int(service["TimeoutStopSec"]) > 2 * PATIENCE
