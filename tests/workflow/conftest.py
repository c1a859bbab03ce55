"""One real run of the default study, shared by the tests of the workflow."""

from pathlib import Path

import pytest
from workflow.harness import clone, copy_project, mesenluth


@pytest.fixture(scope="session")
def ran(tmp_path_factory):
    """A copy of the project in which `mesenluth run` was called once, and what that call said."""
    project = copy_project(tmp_path_factory.mktemp("study") / "project")
    said = mesenluth(project, "run", "--", "--cores", "2")
    assert said.returncode == 0, said.stdout + said.stderr
    return project, said


@pytest.fixture
def project(ran, tmp_path) -> Path:
    """A copy of the finished project in another place, to be changed by one test."""
    return clone(ran[0], tmp_path / "elsewhere" / "project")
