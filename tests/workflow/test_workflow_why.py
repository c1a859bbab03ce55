"""What made an artifact, and why it would be made again: the cause is named."""

import json

import yaml

from workflow.harness import mesenluth, plan
from workflow.test_workflow_reruns import append


def reasons(project, artifact):
    said = mesenluth(project, "why", artifact, "--json")
    assert said.returncode == 0, said.stderr
    made, again, *_ = json.loads(said.stdout)["children"]
    here = [c["title"] for c in again.get("children", []) if not c["title"].startswith("after ")]
    before = {c["title"]: [r["title"] for r in c["children"]] for c in again.get("children", []) if "children" in c}
    return made, again["title"], here, before


def test_an_artifact_of_a_fresh_run_is_up_to_date(project):
    made, title, here, before = reasons(project, "results/endpoints/estimates.parquet")
    assert made["facts"]["script"] == "scripts/endpoints.py"
    assert "results/response/all/best_responses.parquet" in made["facts"]["inputs"]
    assert title.startswith("is up to date")
    assert not here
    assert not before


def test_every_cause_is_named(project):
    append(project / "src/mesenluth/response/metabolic.py")
    lock = project / "envs/study.lock"
    lock.write_text(lock.read_text().replace("scipy==", "scipy==0+", 1))
    config = project / "config.yaml"
    study = yaml.safe_load(config.read_text())
    config.write_text(config.read_text().replace("  min_sd_days: 42", "  min_sd_days: 84", 1))
    (project / "results/endpoints/curves.parquet").unlink()
    _, title, here, before = reasons(project, "estimates")
    assert title == "would be made again"
    assert f"parameter response.min_sd_days: {study['response']['min_sd_days']} -> 84" in here
    assert "output results/endpoints/curves.parquet is missing" in here
    assert any(r.startswith("library scipy: ") for r in here)
    assert "module src/mesenluth/response/metabolic.py was edited" in before["after classify/all"]
    # What is named is what runs.
    planned = set(plan(project))
    assert "endpoints" in planned
    assert {name.removeprefix("after ").replace("/", ":") for name in before} <= planned
