"""What an operator relies on: old cuts go, the last verified one stays; who is to be told is told, whatever the end."""

import json

import pytest

from mesenluth.lock import held
from mesenluth.run_summary import NOTIFY
from workflow.harness import SMALL, copy_project, mesenluth

TOLD = {NOTIFY: "cat > told.json"}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A small registry with cuts of three dates, and nothing run."""
    made = copy_project(tmp_path_factory.mktemp("operating") / "project")
    (made / "small.yaml").write_text(SMALL.replace("HOW", "none"))
    for date in ("2019-06-30", "2021-06-30", "2023-06-30"):
        said = mesenluth(made, "register", "--study", "small.yaml", "--cut", date)
        assert said.returncode == 0, said.stderr
    return made


def cuts(project):
    return sorted(p.parent.name for p in (project / "cuts").rglob("cut.json"))


def test_prune_says_what_it_would_do_and_does_it(project):
    call = ("prune", "--study", "small.yaml", "--keep", "1")
    said = mesenluth(project, *call, "--dry-run")
    assert said.returncode == 0, said.stderr
    assert said.stdout.splitlines()[:3] == [
        "keep    2021-06-30: the one that the study's is compared with",
        "keep    2023-06-30: the one of the study file",
        "remove  2019-06-30",
    ]
    assert said.stdout.splitlines()[3].endswith("MB, would be removed")
    assert cuts(project) == ["2019-06-30", "2021-06-30", "2023-06-30"]
    said = mesenluth(project, *call)
    assert said.returncode == 0, said.stderr
    assert cuts(project) == ["2021-06-30", "2023-06-30"]
    assert mesenluth(project, "prune", "--keep", "0").returncode == 2


def test_a_busy_project_is_said_and_told(project):
    with held(project, submits=False):
        said = mesenluth(project, "run", "--study", "small.yaml", **TOLD)
        assert mesenluth(project, "prune", "--study", "small.yaml", "--keep", "1").returncode == 7
    assert said.returncode == 7
    assert "another run holds this project (process " in said.stderr
    told = json.loads((project / "told.json").read_text())
    assert told["status"] == 7 and "another run holds this project" in told["message"]


def test_a_wrong_study_file_is_told(project):
    (project / "wrong.yaml").write_text("cuts: {}\n")
    assert mesenluth(project, "run", "--study", "wrong.yaml", **TOLD).returncode == 2
    told = json.loads((project / "told.json").read_text())
    assert told["status"] == 2 and "unknown key cuts" in told["message"]


def test_a_run_sums_itself_up_and_names_the_log_of_what_failed(project):
    program = project / "scripts/validate.py"
    good = program.read_text()
    program.write_text(
        good.replace("def work(step: Step) -> None:\n", "def work(step: Step) -> None:\n    raise SystemExit(9)\n")
    )
    until = ("--", "--cores", "2", "--until", "validate")
    said = mesenluth(project, "run", "--study", "small.yaml", *until, **TOLD)
    assert said.returncode == 5
    assert "failed: validate/all; its log is results/logs/validate/all.log" in said.stdout
    told = json.loads((project / "told.json").read_text())
    assert (told["ran"], told["failed"], told["status"]) == (["extract/all"], ["validate/all"], 5)
    assert told == json.loads((project / "results/logs/summary.json").read_text())
    program.write_text(good)
    said = mesenluth(project, "run", "--study", "small.yaml", *until, **TOLD)
    assert said.returncode == 0, said.stderr
    told = json.loads((project / "told.json").read_text())
    assert (told["ran"], told["reused"], told["failed"]) == (["validate/all"], ["extract/all"], [])
    assert told["jobs"]["validate/all"]["memory_mb"] > 0 and told["cut"] == "2023-06-30"
