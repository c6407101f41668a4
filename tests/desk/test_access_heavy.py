"""What is heavy stays out of the server's process, whatever page is asked for."""

import json
import subprocess
import sys
from pathlib import Path

from tests.support.samples import ROOT, make_round, make_workspace

HEAVY = ["weasyprint", "pandas", "docx", "pypdfium2", "pyhanko"]

ASKING = """
import json, sys
from datetime import UTC, datetime
from pathlib import Path
from starlette.testclient import TestClient
from brevgen.actor import Actor
from brevgen.desk.app import make_app
from brevgen.desk.visitors import Visits
from tests.desk.conftest import ADDRESS, FROM_HERE, HOST
from tests.desk.test_access_roles import filled, routes

def main():
    visits = Visits(lambda: datetime.now(UTC))
    app = make_app(Path(sys.argv[1]), lambda: datetime.now(UTC), visits, [HOST])
    seen = {}
    with TestClient(app, base_url=ADDRESS, follow_redirects=False) as browser:
        browser.cookies.set("brevgen", visits.enter(Actor("kari"), "nb"))
        made = browser.post("/rounds/trial/generate", headers=FROM_HERE)
        app.state.work.wait(made.headers["location"].rpartition("/")[2], 300)
        for method, path in routes(app):
            if method == "GET":
                answer = browser.get(filled(path, key=made.headers["location"].rpartition("/")[2]))
                seen[path] = answer.status_code
    print(json.dumps({"seen": seen, "loaded": sorted(sys.modules)}))

if __name__ == "__main__":
    main()
"""


def test_no_page_loads_what_letters_are_made_with(tmp_path: Path) -> None:
    place = make_workspace(tmp_path / "workspace")
    make_round(place)
    asking = tmp_path / "asking.py"
    asking.write_text(ASKING, encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, str(asking), str(place)],
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
    assert [each for each in HEAVY if each in told["loaded"]] == []
