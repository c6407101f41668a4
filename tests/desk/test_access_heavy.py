"""What is heavy stays out of the server's process, whatever page is asked for."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from brevgen.files import write_whole
from tests.support.made_rounds import copied
from tests.support.samples import ROOT

RECORD = b"""\
{"what": "begin", "task": "generate", "actor": "kari", "at": "2017-10-02T09:00Z"}
{"what": "end", "state": "done", "result": {"made": ["0214"], "kept": 0}}
"""
"""What work leaves that has made a letter."""

HEAVY = ["weasyprint", "pandas", "docx", "pypdfium2", "pyhanko"]

ASKING = """
import json, sys
from datetime import UTC, datetime
from pathlib import Path
from starlette.testclient import TestClient
from brevgen.actor import Actor
from brevgen.desk.app import make_app
from brevgen.desk.visitors import Visits
from tests.desk.conftest import ADDRESS, HOST
from tests.desk.test_access_roles import filled, routes

def main():
    visits = Visits(lambda: datetime.now(UTC))
    app = make_app(Path(sys.argv[1]), lambda: datetime.now(UTC), visits, [HOST])
    seen = {}
    with TestClient(app, base_url=ADDRESS, follow_redirects=False) as browser:
        browser.cookies.set("brevgen", visits.enter(Actor("kari"), "nb"))
        for method, path in routes(app):
            if method == "GET":
                seen[path] = browser.get(filled(path, key=sys.argv[2])).status_code
    print(json.dumps({"seen": seen, "loaded": sorted(sys.modules)}))

if __name__ == "__main__":
    main()
"""


@pytest.mark.slow
def test_no_page_loads_what_letters_are_made_with(tmp_path: Path, sealed_trial: Path) -> None:
    place = copied(sealed_trial, tmp_path / "workspace")
    key = "000001-aaaaaaaaaaaaaaaa"
    write_whole(place / ".brevgen/work/trial" / f"{key}.jsonl", RECORD)
    asking = tmp_path / "asking.py"
    asking.write_text(ASKING, encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, str(asking), str(place), key],
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    assert {path: status for path, status in told["seen"].items() if status >= 500} == {}
    assert told["seen"]["/rounds/{name}/letters/{number:str}/page/{page:int}"] == 200
    assert told["seen"]["/rounds/{name}/allocation"] == 200
    assert told["seen"]["/work/{key}"] == 200
    assert [each for each in HEAVY if each in told["loaded"]] == []
