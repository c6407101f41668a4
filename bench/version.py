"""A version of brevgen: its tree, and its commands in workspaces of its own."""

import compileall
import io
import shutil
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path

from bench.running import Measured, run

ROOT = Path(__file__).resolve().parent.parent
ROUND = "2024"
TEST_KEY = Path(".brevgen", "test-seal.pem")
"""Where a workspace keeps the key that seals where none is set."""
PROGRAM = "from brevgen.cli import main; getattr(main, 'main', main)()"
"""Runs a command, whether `main` is a function of that module or a module of that package."""


@dataclass(frozen=True)
class Version:
    """A tree of brevgen.

    Args:
        name: what it is called in the table: `this tree`, or a revision.
        tree: the folder that holds `src`, `data` and `templates`.
        key: the TEST key that its workspaces get, if the file is there; else each makes its own.
    """

    name: str
    tree: Path
    key: Path

    @classmethod
    def of(cls, revision: str, scratch: Path) -> "Version":
        """A revision, checked out into a folder below `scratch`."""
        packed = subprocess.check_output(["git", "archive", "--format=tar", revision], cwd=ROOT)
        with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            archive.extractall(scratch / "before", filter="data")
        return cls(revision, scratch / "before", scratch / "key.pem")

    def make_ready(self, root: Path) -> None:
        """Compile the tree, run it once, and keep the TEST key if there is none yet."""
        compileall.compile_dir(self.tree / "src", quiet=1)
        self.workspace(root)
        self.run(root, "generate", ROUND, "--only", "Oslo")
        self.run(root, "approve", ROUND, "--only", "Oslo", "--yes")
        if not self.key.exists():
            shutil.copy(root / TEST_KEY, self.key)

    def workspace(self, root: Path) -> Path:
        """A new workspace with the data and templates that come along, and nothing made yet."""
        root.mkdir()
        shutil.copy(self.tree / "brevgen.toml", root)
        for name in ("data", "templates"):
            shutil.copytree(self.tree / name, root / name, ignore=shutil.ignore_patterns("ledger*"))
        if self.key.exists():
            (root / TEST_KEY).parent.mkdir()
            shutil.copy(self.key, root / TEST_KEY)
        return root

    def run(self, root: Path, *words: str | Path) -> Measured:
        """Run a command of brevgen in a workspace, and measure it."""
        return self._python(root, "-c", PROGRAM, *words)

    def script(self, module: str, *words: str | Path) -> Measured:
        """Run a module of this folder against this version's source, and measure it."""
        return self._python(ROOT, "-m", f"bench.{module}", *words)

    def _python(self, folder: Path, *words: str | Path) -> Measured:
        # it is to find this version, whatever else is installed
        variables = {"PYTHONPATH": f"{self.tree / 'src'}:{ROOT}", "COLUMNS": "80"}
        return run([sys.executable, "-P", *words], folder=folder, variables=variables)
