"""The wheel: it holds the workflow, runs in an empty folder, and serves as a module of another workflow."""

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import yaml

from mesenluth.provenance.fingerprint import code_hash
from mesenluth.tables.io import read_footer, read_table
from mesenluth.tables.results import ESTIMATES
from workflow.harness import ROOT, copy_project


def run(folder, *command, **variables):
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "COV_", "PYTHONPATH"))}
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder, env=environment | {"PATH": path} | variables, capture_output=True, text=True, timeout=900, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Built from what git would have, without a network."""
    project = copy_project(tmp_path_factory.mktemp("built") / "project")
    said = run(project, "pip", "wheel", "-q", "--no-build-isolation", "--no-deps", "--no-index", "-w", "dist", ".")
    assert said.returncode == 0, said.stderr
    return next((project / "dist").glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """Folder the wheel is installed to."""
    target = tmp_path_factory.mktemp("installed")
    said = run(target, "pip", "install", "-q", "--no-deps", "--no-index", "--target", str(target), str(wheel))
    assert said.returncode == 0, said.stderr
    return target


def study_file(folder):
    """A small study, written by the installed `new-study`, made smaller."""
    path = folder / "studies/liver_first.yaml"
    study = yaml.safe_load(path.read_text())
    study["source"]["patients"] = 120
    study["figures"] = {"formats": ["svg"]}
    path.write_text(yaml.safe_dump(study, sort_keys=False))
    return study


NEW = (
    "mesenluth.cli", "new-study", "liver_first", "--compartment", "liver=site:liver", "--compartment", "elsewhere=rest",
    "--cut", "2024-06-30",
)  # fmt: skip
WANTED = ("results/liver_first/endpoints/estimates.parquet", "results/liver_first/figures/waterfall_liver.svg")


def test_the_wheel_holds_the_workflow_and_its_licences(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        metadata = archive.read(next(n for n in names if n.endswith("METADATA"))).decode()
    for name in (
        "Snakefile",
        "config.yaml",
        "schemas/study.schema.yaml",
        "envs/study.lock",
        "studies/intracranial.yaml",
    ):
        assert f"mesenluth/_project/{name}" in names
    for folder in ("rules", "scripts", "studies", "profiles", "schemas"):
        for file in (ROOT / folder).rglob("*"):
            if file.is_file() and "__pycache__" not in file.parts:
                assert f"mesenluth/_project/{file.relative_to(ROOT).as_posix()}" in names
    assert [n for n in names if n.endswith(("/licenses/LICENSE", "/licenses/NOTICE"))]
    assert "License-Expression: Apache-2.0" in metadata
    assert not [n for n in names if n.startswith("tests/") or "__pycache__" in n]


def test_it_says_which_version_it_is(installed, tmp_path):
    said = run(tmp_path, "mesenluth.cli", "--version", PYTHONPATH=str(installed))
    assert re.fullmatch(r"mesenluth [0-9.]+ \(commit (not known|[0-9a-f]{12}\+?), lock [0-9a-f]{16}\)\n", said.stdout)


def test_a_study_runs_in_an_empty_folder_and_in_another_workflow(wheel, installed, tmp_path):
    here = tmp_path / "empty"
    here.mkdir()
    where = {"PYTHONPATH": str(installed)}
    assert run(here, *NEW, **where).returncode == 0
    study = study_file(here)
    said = run(tmp_path, "mesenluth.cli", "--directory", "empty", "run", "--study", "studies/liver_first.yaml", "--",
               "--cores", "2", *WANTED, **where)  # fmt: skip
    assert said.returncode == 0, said.stdout + said.stderr
    # Data, cuts and results lie where the user works; nothing of the workflow does.
    assert {p.name for p in here.iterdir()} == {"studies", "data", "cuts", "results", ".snakemake"}
    first = here / WANTED[0]
    code = read_footer(first)["lineage"]["code"]
    # The same code has the same hash in a clone: a release can be checked and made again from either.
    clone = wheel.parents[1]
    assert code == code_hash(clone / "scripts/endpoints.py", clone / "src")

    outer = tmp_path / "outer"
    outer.mkdir()
    for name in ("cuts", "studies"):
        (here / name).rename(outer / name)
    (outer / "config.yaml").write_text(yaml.safe_dump({"mesenluth": study, "wanted": WANTED[0]}))
    (outer / "Snakefile").write_text(
        'configfile: "config.yaml"\n\n\n'
        'module mesenluth:\n    snakefile: "'
        + str(installed / "mesenluth/_project/Snakefile")
        + '"\n    config: config["mesenluth"]\n\n\n'
        "use rule * from mesenluth as mesenluth_*\n\n\n"
        "rule count:\n"
        '    input:\n        config["wanted"],\n'
        '    output:\n        "rows.txt",\n'
        "    default_target: True\n"
        "    shell:\n"
        "        \"python -c 'import sys, pyarrow.parquet as p; print(p.read_metadata(sys.argv[1]).num_rows)' {input} > {output}\"\n"
    )
    said = run(outer, "snakemake", "--cores", "2", **where)
    assert said.returncode == 0, said.stdout + said.stderr
    again = outer / WANTED[0]
    assert int((outer / "rows.txt").read_text()) == len(read_table(again, ESTIMATES))
    # The same code on the same cut: the same table, byte for byte.
    assert read_footer(again)["lineage"]["code"] == code
    assert again.read_bytes() == first.read_bytes()
