"""The page on reliability names only tests that are there, and tells of every promise."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")


def test_every_test_it_names_is_in_the_file_it_names() -> None:
    named = 0
    for file, rest in re.findall(r"`(tests/[\w/]+\.py)`:((?:[^`]*`test_\w+`)+)", PAGE):
        text = (ROOT / file).read_text(encoding="utf-8")
        for name in re.findall(r"`(test_\w+)`", rest):
            assert f"def {name}(" in text, f"{file}: {name}"
            named += 1
    assert named == len(re.findall(r"`test_\w+`", PAGE)) > 20


def test_every_file_and_folder_it_names_is_there() -> None:
    for path in re.findall(r"`(tests/[\w/.]+)`", PAGE):
        assert (ROOT / path).exists(), path


def test_it_tells_of_every_promise() -> None:
    assert re.findall(r"^### (\d+)\. ", PAGE, re.MULTILINE) == [str(n) for n in range(1, 14)]
