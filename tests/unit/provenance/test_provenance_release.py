"""A release holds all of a run, is chained to the one before it and never changes."""

import hashlib
import json
import shutil
import subprocess

import pytest
from small_project import edit_rows

from mesenluth.errors import ConfigurationError, JobError, SourceError, VerificationError
from mesenluth.provenance import made
from mesenluth.provenance.content import describe
from mesenluth.provenance.release import find, read, releases
from mesenluth.provenance.verify import verify


def test_a_release_holds_artifacts_code_cut_and_logs(small):
    folder, new = small.release()
    assert new
    assert folder == small.root / "releases/small/2023-06-30"
    for path in (
        "results/report/results.md", "results/endpoints/counted.parquet", "project/src/mesenluth/counts.py",
        "project/cuts/small/2023-06-30/cut.json", "project/study.json", "logs/count.log", "run.json",
    ):  # fmt: skip
        assert (folder / path).is_file(), path
    assert verify(folder) == []


def test_the_list_of_hashes_is_read_by_sha256sum(small):
    folder, _ = small.release()
    said = subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=folder, check=False)
    assert said.returncode == 0


def test_the_manifest_names_what_made_each_artifact(small):
    folder, _ = small.release()
    manifest = read(folder)
    counted = manifest["artifacts"]["results/endpoints/counted.parquet"]
    file = folder / "results/endpoints/counted.parquet"
    assert counted["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert counted["rows"] == 1
    job = manifest["jobs"][counted["job"]]
    assert job["script"] == "scripts/count.py"
    assert manifest["parameters"][job["parameters"]] == {"statistics": {"level": 0.95}}
    assert manifest["scripts"]["scripts/count.py"] == [
        "scripts/count.py", "src/mesenluth/__init__.py", "src/mesenluth/counts.py",
    ]  # fmt: skip
    [stored] = job["inputs"]
    assert manifest["inputs"][stored]["rows"] == 3
    assert manifest["gate"] == {"passed": True, "broken": []}


def test_who_answers_for_a_broken_condition_stands_in_the_manifest(small):
    small.released = "Jane Doe"
    folder, _ = small.release()
    assert read(folder)["gate"] == {
        "passed": False,
        "broken": [
            {
                "condition": "patients.min_rows",
                "message": "patients: 3 rows may be analysed, at least 1 are needed",
                "released_by": "Jane Doe",
                "released_because": "seen with the centre",
            }
        ],
    }


def test_equal_runs_in_two_places_have_equal_manifests(small, tmp_path):
    one, _ = small.release()
    other = type(small)(tmp_path / "elsewhere")
    two, _ = other.release()
    assert (one / "manifest.json").read_bytes() == (two / "manifest.json").read_bytes()
    assert json.loads((one / "run.json").read_text())["jobs"]["count"]["memory_mb"] == 120.25


def test_what_was_released_is_not_released_again(small):
    folder, _ = small.release()
    assert small.release() == (folder, False)


def test_a_new_cut_is_chained_and_leaves_the_earlier_release_as_it_was(small):
    first, _ = small.release()
    before = {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in first.rglob("*") if p.is_file()}
    small.deliver({"P1": "C01"})
    second, new = small.release()
    assert new
    assert second.name == "2023-06-30.2"
    assert read(second)["previous"] == {
        "release": first.name,
        "manifest": hashlib.sha256((first / "manifest.json").read_bytes()).hexdigest(),
    }
    assert {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in first.rglob("*") if p.is_file()} == before
    assert releases(small.root, "small") == [first, second]
    assert verify(second) == []


def test_other_code_on_the_same_cut_is_a_release_of_its_own(small):
    small.release()
    small.put("src/mesenluth/counts.py", "def count(n):\n    return n\n")
    folder, new = small.release()
    assert new
    assert folder.name == "2023-06-30-2"


def test_a_release_cannot_be_written_to(small):
    folder, _ = small.release()
    assert not any(p.stat().st_mode & 0o222 for p in [folder, *folder.rglob("*")])


def test_a_run_by_other_code_is_not_released(small):
    jobs = small.run()
    small.put("src/mesenluth/counts.py", "def count(n):\n    return n - 1\n")
    with pytest.raises(VerificationError, match="count: made by other code"):
        small.manifest(jobs)


def test_a_table_that_was_edited_is_not_released(small):
    jobs = small.run()
    path = small.root / "results/endpoints/counted.parquet"
    edit_rows(path)
    with pytest.raises(VerificationError, match="counted.parquet: its rows do not match"):
        small.manifest(jobs)
    assert "rows" not in describe(small.root / "config.yaml")


def test_what_does_not_hold_together_is_not_published(small):
    def refuse(folder):
        raise VerificationError("no")

    small.check = refuse
    with pytest.raises(VerificationError, match="no"):
        small.release()
    assert list((small.root / "releases/small").iterdir()) == []


def test_an_input_from_outside_is_not_released(small):
    jobs = small.run()
    jobs["page"].inputs.append("/elsewhere/answers.csv")
    with pytest.raises(SourceError, match="/elsewhere/answers.csv: lies outside the project"):
        small.manifest(jobs)


def test_a_release_is_named_by_name_or_folder(small, tmp_path):
    folder, _ = small.release()
    assert find(small.root, "small", "2023-06-30") == folder
    copy = shutil.copytree(folder, tmp_path / "copy")
    assert find(small.root, "small", str(copy)) == copy
    with pytest.raises(ConfigurationError, match="one of 2023-06-30"):
        find(small.root, "small", "2024-06-30")


def test_jobs_are_read_from_what_snakemake_recorded(tmp_path):
    import base64

    record = {
        "rule": "figure",
        "shellcmd": 'python "$MESENLUTH_HOME"/scripts/figure.py --name flow --input a.parquet b.parquet'
        ' --output results/figures --settings \'{"a": "b > c"}\' --code 12 --env 34 > results/logs/figure/flow.log 2>&1',
        "input": ["b.parquet", "a.parquet"],
        "starttime": 10.0,
        "endtime": 12.5,
    }
    folder = tmp_path / ".snakemake/metadata"
    folder.mkdir(parents=True)
    rows = []
    for output in ("results/figures/flow.svg", "results/figures/flow.parquet"):
        (folder / base64.urlsafe_b64encode(output.encode()).decode()).write_text(json.dumps(record))
        rows.append((output, "results/logs/figure/flow.log", ""))
    [job] = made.jobs(rows, tmp_path, "results").values()
    assert job == made.Job(
        "figure/flow", "figure", "scripts/figure.py", "12", "34", '{"a": "b > c"}', {"name": "flow"},
        ["a.parquet", "b.parquet"], ["results/figures/flow.svg", "results/figures/flow.parquet"], 10.0, 12.5,
    )  # fmt: skip
    with pytest.raises(JobError, match="no record of how it was made"):
        made.jobs([("results/x.svg", "results/logs/x.log", "")], tmp_path, "results")
