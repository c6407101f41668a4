"""Where names of files are not written in UTF-8, it is said before a letter is missed."""

import os
import subprocess
import sys
from pathlib import Path


def test_another_encoding_of_file_names_is_refused_in_words(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "brevgen", "status", "2018"],
        cwd=tmp_path,
        env={**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "PYTHONUTF8=1" in done.stderr
    assert "Traceback" not in done.stderr
