"""Real runs that tests of the workflow share, whichever worker runs them."""

import fcntl
import json
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from workflow.harness import PLANTED, SMALL, clone, copy_project, mesenluth


def once(tmp_path_factory, name: str, prepare, *arguments: str, **variables: str) -> tuple[Path, CompletedProcess]:
    """Call `mesenluth` once in a copy of the project, whichever worker asks first; return where, and what it said."""
    base = tmp_path_factory.getbasetemp()
    # Workers have folders of their own beside one another; the run is one for all of them.
    shared = (base.parent if base.name.startswith("popen-") else base) / name
    shared.mkdir(exist_ok=True)
    project, record = shared / "project", shared / "said.json"
    with open(shared / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not record.exists():
            prepare(copy_project(project))
            said = mesenluth(project, *arguments, **variables)
            record.write_text(json.dumps([said.returncode, said.stdout, said.stderr]))
    said = CompletedProcess("mesenluth", *json.loads(record.read_text()))
    assert said.returncode == 0, said.stdout + said.stderr
    return project, said


@pytest.fixture(scope="session")
def ran(tmp_path_factory) -> tuple[Path, CompletedProcess]:
    """A copy of the project in which `mesenluth run` was called once, and what that call said."""
    return once(tmp_path_factory, "default_study", lambda project: None, "run", "--", "--cores", "2", **PLANTED)


@pytest.fixture(scope="session")
def whole(tmp_path_factory) -> Path:
    """A small study in one part, run on this machine up to its endpoints; to be looked at, not changed."""

    def prepare(project: Path) -> None:
        (project / "small.yaml").write_text(SMALL.replace("HOW", "none"))

    until = ("--until", "queries", "picture", "endpoints")
    return once(tmp_path_factory, "small_study", prepare, "run", "--study", "small.yaml", "--", "--cores", "2", *until)[
        0
    ]


@pytest.fixture
def project(ran, tmp_path) -> Path:
    """A copy of the finished project in another place, to be changed by one test."""
    return clone(ran[0], tmp_path / "elsewhere" / "project")
