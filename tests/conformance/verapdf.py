"""veraPDF, the validator others are measured by: fetched once, then run over a folder of PDFs.

It is no part of brevgen and has its own licences (GPL 3 or later, or MPL 2 or later): the jar lies
in `.verapdf`, as it comes from Maven Central.
"""

import json
import os
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

from brevgen.files import sha256, sha256_of_file, write_whole

VERSION = "1.30.2"
SHA256 = "287cc9c9757f99dcff4a2d39b68268245b48103fb6af443162d5a29df2afa332"
JAR = Path(__file__).parents[2] / ".verapdf" / f"verapdf-{VERSION}.jar"

BASE = os.environ.get("MAVEN_URL", "https://repo1.maven.org/maven2")
"""Where Maven artifacts come from; the environment may name a mirror."""
ADDRESS = f"{BASE}/org/verapdf/apps/cli/{VERSION}/cli-{VERSION}.jar"

PATIENCE = 60
"""Seconds without an answer after which fetching is given up."""


class NotFetched(Exception):
    """The jar could not be had, or is not the one that is meant."""


def fetch(jar: Path = JAR, address: str = ADDRESS) -> None:
    """Fetch the jar, unless it is there; nothing but the very file that is pinned is kept.

    Raises:
        NotFetched: it cannot be reached, or is another file.
    """
    if sha256_of_file(jar) == SHA256:
        return
    try:
        with urllib.request.urlopen(address, timeout=PATIENCE) as answer:
            data = answer.read()
    except (OSError, ValueError) as error:
        raise NotFetched(f"{address} cannot be fetched: {error}") from error
    if sha256(data) != SHA256:
        raise NotFetched(f"{address} is not the file that is pinned: its SHA-256 is {sha256(data)}")
    write_whole(jar, data)


def what_is_missing(jar: Path = JAR) -> str:
    """What veraPDF lacks to be run here; empty if nothing."""
    if shutil.which("java") is None:
        return "Java (sudo apt-get install default-jre-headless)"
    if sha256_of_file(jar) != SHA256:
        return "its jar (make verapdf)"
    return ""


def breaches(folder: Path, flavour: str, jar: Path = JAR) -> dict[Path, tuple[str, ...]]:
    """The rules that each PDF in a folder and the folders in it breaks, in one run of Java.

    Args:
        folder: where the PDFs are; an absolute path.
        flavour: `2a` or `ua1`.
        jar: veraPDF.
    """
    options = ["--flavour", flavour, "--format", "json", "--maxfailuresdisplayed", "1"]
    ran = subprocess.run(
        ["java", "-jar", jar, *options, "--recurse", folder],
        # in another locale Java passes over names with Norwegian letters in silence
        env={**os.environ, "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    try:
        jobs = json.loads(ran.stdout)["report"]["jobs"]
    except (ValueError, KeyError) as error:
        raise RuntimeError(f"veraPDF ended with {ran.returncode}: {ran.stderr}") from error
    return {Path(job["itemDetails"]["name"]): _breaches_of(job) for job in jobs}


def _breaches_of(job: dict[str, Any]) -> tuple[str, ...]:
    """What is wrong with one file, in lines that begin with the rule."""
    results = job.get("validationResult", [])
    if "taskException" in job or not results:
        told = job.get("taskException", {}).get("exceptionMessage", "no result")
        return (f"not readable: {told}",)
    found = [
        f"{rule['specification']} {rule['clause']}-{rule['testNumber']}: {rule['description']}"
        for result in results
        for rule in result["details"]["ruleSummaries"]
    ]
    if not all(result["compliant"] for result in results) and not found:
        found = ["not compliant"]
    return tuple(found)


def main() -> int:
    """Fetch it, and say what is still missing."""
    try:
        fetch()
    except NotFetched as error:
        print(error, file=sys.stderr)
        return 1
    print(f"veraPDF {VERSION}: {JAR}")
    if missing := what_is_missing():
        print(f"To run it, this is missing: {missing}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
