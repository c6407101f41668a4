"""The message with a letter as others read it: a parser that is not Python's, and a browser."""

import io
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from brevgen.files import sha256
from tests.channels.mail.mail_samples import PDF, mail

PERL = Path(__file__).with_name("mail.pl")
SAMI = "Gáivuotna – Kåfjord – Kaivuono"
CASES: list[dict[str, Any]] = [
    {"name": SAMI, "minors": 4, "minors_under_15": 1, "docx": b"PK word"},
    {"name": "Sør-Aurdal", "written_form": "nn", "minors": 1, "minors_under_15": 1},
]


@pytest.mark.slow
@pytest.mark.parametrize("changes", CASES)
def test_perls_email_mime_reads_what_was_meant(changes: dict[str, Any]) -> None:
    there = subprocess.run(["perl", "-MEmail::MIME", "-e1"], capture_output=True, check=False)
    if there.returncode:
        pytest.skip("Perl's Email::MIME is not installed (Debian: libemail-mime-perl)")
    meant = mail(**changes)
    ran = subprocess.run(
        ["perl", PERL], input=meant.outgoing().data, capture_output=True, check=True
    )
    fields, plain, page, *files = map(json.loads, ran.stdout.splitlines())
    assert ran.stderr == b""
    assert {name: value.replace('"', "") for name, value in fields.items()} == {
        "From": f"{meant.from_name} <{meant.from_address}>",
        "To": f"{meant.to_name} <{meant.to_address}>",
        "Subject": meant.subject,
        "Message-ID": meant.message_id,
        "Content-Language": meant.written_form,
    }
    assert (plain["type"], plain["text"].replace("\r\n", "\n")) == ("text/plain", meant.text)
    assert (page["type"], page["text"].replace("\r\n", "\n")) == ("text/html", meant.page)
    assert [(each["type"], each["sha256"]) for each in files] == [
        (each.media_type, sha256(each.data)) for each in meant.attachments
    ]
    assert files[0]["sha256"] == sha256(PDF)
    assert [each["name"] for each in files] == [each.name for each in meant.attachments]


# -- as a picture ---------------------------------------------------------------------------------

BROWSER = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), None)


@pytest.mark.slow
@pytest.mark.skipif(BROWSER is None, reason="Chromium is not installed (Debian: chromium)")
@pytest.mark.parametrize("is_dark", [False, True])
@pytest.mark.parametrize("changes", CASES)
def test_the_page_can_be_read_on_a_light_and_on_a_dark_screen(
    changes: dict[str, Any], is_dark: bool, tmp_path: Path
) -> None:
    picture = pictured(mail(**changes).page, tmp_path, is_dark=is_dark)
    light = np.asarray(picture.convert("L"))
    ground = float(np.median(light))
    assert ground < 40 if is_dark else ground > 250
    # the ink is as far from the ground as it can be, in the box of facts too
    assert abs(float(light.max() if is_dark else light.min()) - ground) > 200
    box = light[np.asarray(picture.convert("HSV"))[..., 1] > 40]
    assert box.size, "the box has its ground"
    # and the page ends within the picture, with nothing at its right edge
    assert np.ptp(light[-10:]) == 0
    assert np.ptp(light[:, -8:]) == 0


def pictured(page: str, folder: Path, *, is_dark: bool) -> Image.Image:
    """A page as Chromium shows it in a window as narrow as a reading pane."""
    file, picture = folder / "mail.html", folder / "mail.png"
    file.write_text(page, encoding="utf-8")
    dark = ["--blink-settings=preferredColorScheme=0"] if is_dark else []
    words = ["--headless", "--no-sandbox", "--hide-scrollbars", "--window-size=420,1200", *dark]
    assert BROWSER is not None
    subprocess.run(
        [BROWSER, *words, f"--user-data-dir={folder / 'profile'}", f"--screenshot={picture}", file],
        capture_output=True,
        check=True,
        timeout=120,
    )
    return Image.open(io.BytesIO(picture.read_bytes())).convert("RGB")
