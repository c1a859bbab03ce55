"""However the work is split, the same bytes come out, and a changed record runs its own part and what adds up the parts."""

import json
import os
import shutil
import sqlite3
from pathlib import Path

import pytest

from workflow.harness import SMALL, added_up, copy_project, mesenluth, parts, plan

PER_PART = {"extract", "validate", "profile", "classify"}
UNTIL = ("queries", "picture", "endpoints")


@pytest.fixture(scope="module")
def projects(whole, tmp_path_factory) -> dict[str, Path]:
    """A small registry, run with each way of splitting the work."""
    made = {"none": whole}
    for how in ("centre", "hash"):
        project = copy_project(tmp_path_factory.mktemp(how) / "project")
        (project / "small.yaml").write_text(SMALL.replace("HOW", how))
        shutil.copytree(whole / "data", project / "data", dirs_exist_ok=True)
        said = mesenluth(project, "run", "--study", "small.yaml", "--", "--cores", "2", "--until", *UNTIL)
        assert said.returncode == 0, said.stdout + said.stderr
        made[how] = project
    return made


def test_the_parts_are_centres_those_over_centres_and_buckets(projects):
    assert parts(projects["none"]) == {"all"}
    assert parts(projects["centre"]) >= {"C01", "C02", "C03", "across"}
    assert parts(projects["hash"]) >= {"b00", "b01"}


@pytest.mark.parametrize("how", ["centre", "hash"])
def test_the_same_bytes_come_out_however_the_work_is_split(projects, how):
    whole, split = added_up(projects["none"]), added_up(projects[how])
    assert split.keys() == whole.keys()
    assert [name for name, content in whole.items() if split[name] != content] == []
    tops = {Path(name).parts[0] for name in whole}
    assert tops >= {"quality", "endpoints"} and "quality/gx/checkpoints/measurements.json" in whole


def test_rules_of_the_study_are_judged_like_those_of_the_program(projects):
    summary = json.loads((projects["centre"] / "results/quality/expectations.json").read_text())
    asked = {e["id"] for s in summary["suites"] if s["name"].endswith("_rules") for e in s["expectations"]}
    assert {"scans.slices_unknown", "patients.registered_before_diagnosis", "patients.in_two_centres"} <= asked


def test_a_changed_record_runs_its_centre_and_what_adds_up_the_centres(projects):
    project = projects["centre"]
    (before,) = (project / "cuts").rglob("cut.json")
    old = json.loads(before.read_text())["tables"]
    path = project / "data/registry.sqlite"
    with sqlite3.connect(path) as base:
        base.execute("UPDATE mesure SET grand_axe = '33,3' WHERE rowid = (SELECT max(rowid) FROM mesure)")
    base.close()
    os.utime(path, (0, 0))
    said = mesenluth(project, "register", "--study", "small.yaml")
    assert said.returncode == 0, said.stderr
    (after,) = set((project / "cuts").rglob("cut.json")) - {before}
    new = json.loads(after.read_text())["tables"]
    changed = {part for part in new if new[part] != old[part]}
    assert len(changed) == 1 and new.keys() == old.keys()
    planned = plan(project, "small.yaml")
    of_parts = {tuple(job.split(":")) for job in planned if job.split(":")[0] in PER_PART}
    assert of_parts == {(rule, part) for rule in PER_PART for part in changed}
    assert {"across", "quality", "findings", "expectations", "endpoints"} <= {job.split(":")[0] for job in planned}
