"""A finished run is released, verified, copied and found out when it was touched."""

import json
import shutil

from workflow.harness import mesenluth


def test_a_run_of_a_named_cut_is_released_and_verified(project, tmp_path):
    said = mesenluth(project, "run", "--cut", "2023-06-30", "--", "--cores", "1")
    assert said.returncode == 0, said.stdout + said.stderr
    assert "released: releases/mesenluth/2023-06-30, verified" in said.stdout
    release = project / "releases/mesenluth/2023-06-30"
    manifest = json.loads((release / "manifest.json").read_text())
    assert (release / "manifest.json").read_bytes() == (project / "results/provenance/manifest.json").read_bytes()
    # Every rule made something, and everything that is shown was made by a rule.
    assert {job["rule"] for job in manifest["jobs"].values()} >= {
        "extract",
        "validate",
        "classify",
        "endpoints",
        "report",
    }
    assert "results/report/results.md" in manifest["artifacts"]
    run = json.loads((release / "run.json").read_text())
    assert run["libraries"]["pandas"]
    assert run["jobs"]["endpoints"]["seconds"] > 0

    again = mesenluth(project, "release")
    assert again.returncode == 0, again.stderr
    assert "released before" in again.stdout

    copy = shutil.copytree(release, tmp_path / "auditor")
    assert mesenluth(project, "verify", str(copy)).returncode == 0
    page = copy / "results/report/results.md"
    page.chmod(0o644)
    page.write_text(page.read_text().replace("52", "53", 1))
    found = mesenluth(project, "verify", str(copy))
    assert found.returncode == 6
    assert "auditor: changed: results/report/results.md" in found.stdout
    assert mesenluth(project, "verify").returncode == 0


def test_a_run_that_is_not_complete_is_not_released(project):
    (project / "results/report/results.md").unlink()
    said = mesenluth(project, "release")
    assert said.returncode == 5
    # The job that writes the page writes the manuscript's tables too.
    assert "still to be made: 3 of the artifacts, the first is results/report/results.md" in said.stderr
    assert not (project / "releases").exists()
