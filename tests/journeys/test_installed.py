"""The wheel is all an agency needs: installed, it makes a workspace anywhere, and letters in it."""

import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

from brevgen import __version__
from tests.support.samples import ROOT

pytestmark = pytest.mark.slow


def ran(*words: str | Path, cwd: Path) -> str:
    """What a command prints, run as if there were no checkout."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        list(map(str, words)),
        cwd=cwd,
        env={**kept, "COLUMNS": "80"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the sdist, so that this holds all that is needed as well."""
    folder = tmp_path_factory.mktemp("dist")
    ran(sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", folder, cwd=ROOT)
    (sdist,) = folder.glob("brevgen-*.tar.gz")
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    unpacked = folder / sdist.name.removesuffix(".tar.gz")
    ran(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=unpacked)
    (built,) = folder.glob("brevgen-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment with the wheel, and with the pinned libraries we run with."""
    bare = tmp_path_factory.mktemp("bare")
    venv.create(bare, with_pip=False)
    programs = bare / "bin"
    pip = [sys.executable, "-m", "pip", "--python", str(programs / "python")]
    ran(*pip, "install", "--quiet", "--no-index", "--no-deps", wheel, cwd=bare)
    libraries = [path for path in sys.path if path.endswith("site-packages")]
    (site,) = bare.glob("lib/*/site-packages")
    (site / "libraries.pth").write_text("\n".join(libraries), encoding="utf-8")
    return programs


def test_the_wheel_carries_what_a_workspace_begins_with_and_no_data_of_ours(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        metadata = archive.read(f"brevgen-{__version__}.dist-info/METADATA").decode()
    carried = {name.removeprefix("brevgen/starter/") for name in names if "/starter/" in name}
    assert {
        *("brevgen.toml", "data/municipalities.csv", "data/contacts.csv"),
        *("data/rounds/trial/round.toml", "data/rounds/trial/allocation.csv"),
        *("templates/letters/styles.docx", "templates/messages/request/nn.html"),
    } <= carried
    assert "brevgen/py.typed" in names
    assert not [name for name in names if "ledger.sqlite" in name or "rounds/20" in name]
    for line in ("License-Expression: MIT", "Requires-Python: >=3.11", "Author: The brevgen"):
        assert f"\n{line}" in metadata
    assert "Classifier: Programming Language :: Python :: 3.13" in metadata


def test_what_is_installed_makes_a_workspace_and_letters(installed: Path, tmp_path: Path) -> None:
    brevgen = installed / "brevgen"
    origin = "import brevgen; print(brevgen.__file__)"
    assert ran(installed / "python", "-c", origin, cwd=tmp_path).startswith(str(installed.parent))
    assert ran(brevgen, "--version", cwd=tmp_path) == f"brevgen {__version__}\n"
    assert "brevgen" in ran(installed / "python", "-m", "brevgen", "--version", cwd=tmp_path)
    ran(brevgen, "new", "Brev på prøve/blåbær", cwd=tmp_path)
    place = tmp_path / "Brev på prøve" / "blåbær"
    ran(brevgen, "generate", "trial", cwd=place)
    ran(brevgen, "approve", "trial", "--yes", cwd=place)
    letters = sorted(place.glob("output/trial/letters/*"))
    assert [path.suffix for path in letters] == [".docx", ".pdf"] * 6
    pdfs = [path for path in letters if path.suffix == ".pdf"]
    assert "\nGood: " in ran(brevgen, "verify", pdfs[0], cwd=place)
    ran(brevgen, "--workspace", place, "new", "2028", "--from", "trial", cwd=tmp_path)
    assert "As they were:" in ran(brevgen, "upgrade", cwd=place)
