"""One real run of the default study, shared by the tests of the workflow, whichever worker runs them."""

import fcntl
import json
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from workflow.harness import PLANTED, clone, copy_project, mesenluth


@pytest.fixture(scope="session")
def ran(tmp_path_factory) -> tuple[Path, CompletedProcess]:
    """A copy of the project in which `mesenluth run` was called once, and what that call said."""
    base = tmp_path_factory.getbasetemp()
    # Workers have folders of their own beside one another; the run is one for all of them.
    shared = (base.parent if base.name.startswith("popen-") else base) / "default_study"
    shared.mkdir(exist_ok=True)
    project, record = shared / "project", shared / "said.json"
    with open(shared / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not record.exists():
            said = mesenluth(copy_project(project), "run", "--", "--cores", "2", **PLANTED)
            record.write_text(json.dumps([said.returncode, said.stdout, said.stderr]))
    said = CompletedProcess("mesenluth run", *json.loads(record.read_text()))
    assert said.returncode == 0, said.stdout + said.stderr
    return project, said


@pytest.fixture
def project(ran, tmp_path) -> Path:
    """A copy of the finished project in another place, to be changed by one test."""
    return clone(ran[0], tmp_path / "elsewhere" / "project")
