"""The house: locks, environments, programs and pages agree with one another."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from mesenluth import __version__

PIN = re.compile(r"^([A-Za-z0-9_.-]+)==([^ ;\\]+)", re.MULTILINE)


def pins(root, lock: str) -> dict[str, set[str]]:
    """Every pinned version of every package of a lock; a package may have one for each Python."""
    found: dict[str, set[str]] = {}
    for name, version in PIN.findall((root / f"envs/{lock}.lock").read_text()):
        found.setdefault(name.lower().replace("_", "-"), set()).add(version)
    return found


@pytest.mark.parametrize("lock", ["study", "test"])
def test_a_lock_is_hashed_and_names_no_address(root, lock):
    text = (root / f"envs/{lock}.lock").read_text()
    assert "://" not in text
    requirements = re.split(r"\n(?=\S)", text.strip())
    assert len(requirements) > 50
    assert all("--hash=sha256:" in r for r in requirements)


def test_tests_run_on_what_the_study_runs_on(root):
    study, test = pins(root, "study"), pins(root, "test")
    assert {n: v for n, v in study.items() if test.get(n) != v} == {}


def test_what_the_project_asks_for_is_locked(root):
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    names = [re.split(r"[=<>! ]", d)[0].lower().replace("_", "-") for d in project["dependencies"]]
    assert set(names) <= set(pins(root, "study"))


def test_the_conda_environment_agrees_with_the_lock(root):
    environment = yaml.safe_load((root / "envs/mesenluth.yaml").read_text())
    wanted = next(d["pip"] for d in environment["dependencies"] if isinstance(d, dict))
    locked = pins(root, "study")
    for requirement in wanted:
        name, version = requirement.split("==")
        assert locked[name.replace("_", "-")] == {version}


def test_one_version(root):
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    citation = yaml.safe_load((root / "CITATION.cff").read_text())
    assert project["version"] == citation["version"] == __version__
    assert f"## {__version__}" in (root / "CHANGELOG.md").read_text()


def test_the_published_figures_of_the_study_file_are_those_of_the_abstract(root, study):
    """The tests' copy of the abstract's facts and the study file were written apart from one another."""
    facts = yaml.safe_load((root / "tests/data/published.yaml").read_text())
    items = {i["id"]: i["value"] for i in study["published"]["items"]}
    second = facts["secondary"]
    assert items["included"] == {"count": facts["population"]["included"]}
    assert items["mesenteric_orr"] == {"numerator": 2, "denominator": 52, "percent": 4}
    assert items["non_mesenteric_orr"]["numerator"] == second["non_mesenteric_orr"]["responders"]
    assert items["non_mesenteric_metabolic_response"]["percent"] == 12
    assert items["clinical_response"]["denominator"] == second["clinical_response"]["of"]
    assert items["complications"]["numerator"] == second["gastrointestinal_complications_during_prrt"]["patients"]
    assert items["mesenteric_pfs"]["median"] == second["mesenteric_pfs_months"]["median"]
    pfs = second["non_mesenteric_pfs_months"]
    assert items["non_mesenteric_pfs"] == {k: pfs[k] for k in ("median", "ci_low", "ci_high")}


def test_published_figures_stand_nowhere_else(root):
    """Only the study file holds them; neither the package nor a program or rule does."""
    for folder in ("src", "scripts", "rules"):
        for path in (root / folder).rglob("*"):
            if path.suffix in (".py", ".smk", ".yaml"):
                text = path.read_text()
                for figure in ("50.3", "38.2", "61.7"):
                    assert figure not in text, f"{path}: {figure}"


@pytest.mark.parametrize(
    "script",
    ["extract", "validate", "quality", "findings", "gate", "classify", "endpoints", "figure", "report", "page"],
)
def test_every_program_explains_itself(root, script):
    said = subprocess.run(
        [sys.executable, root / f"scripts/{script}.py", "--help"],
        capture_output=True, text=True, check=True, env={"PYTHONPATH": str(root / "src"), "PATH": ""},
    )  # fmt: skip
    assert "--input" in said.stdout
    assert "->" in said.stdout


def test_links_of_the_docs_lead_somewhere(root):
    for page in [root / "README.md", *(root / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_programs_are_short_and_modules_can_be_held_in_the_head(root):
    for path in (root / "scripts").glob("*.py"):
        assert len(path.read_text().splitlines()) <= 60, path.name
    for path in (root / "src").rglob("*.py"):
        assert len(path.read_text().splitlines()) <= 450, path.name
    assert len((root / "Snakefile").read_text().splitlines()) <= 60


def test_the_container_is_built_from_the_lock_on_a_pinned_base(root):
    text = (root / "Containerfile").read_text()
    assert "--require-hashes" in text
    assert "envs/study.lock" in text
    bases = re.findall(r"^FROM (\S+)", text, re.MULTILINE)
    assert len(set(bases)) == 1
    assert re.fullmatch(r"docker\.io/library/python:3\.\d+\.\d+-slim-\w+", bases[0])
    judged = subprocess.run(
        [Path(sys.executable).parent / "hadolint", root / "Containerfile"], capture_output=True, text=True, check=False
    )
    assert judged.returncode == 0, judged.stdout


def test_the_citation_file_says_whom_and_what_to_cite(root):
    citation = yaml.safe_load((root / "CITATION.cff").read_text())
    assert {"cff-version", "message", "title", "authors"} <= citation.keys()
    assert citation["license"] == "Apache-2.0"
    assert citation["references"][0]["doi"] == "10.2967/jnumed.123.266063"


def test_what_others_own_is_named_and_not_copied(root):
    """No font and no bundle of another project lies in what is shipped; what figures embed is named."""
    listed = subprocess.run(
        ["git", "-c", f"safe.directory={root}", "ls-files"], cwd=root, capture_output=True, text=True, check=False
    )
    shipped = [root / f for f in listed.stdout.splitlines()] or list((root / "src").rglob("*"))
    foreign = (".ttf", ".otf", ".woff", ".woff2", ".min.js", ".min.css", ".jar", ".whl")
    assert [f.name for f in shipped if f.name.endswith(foreign)] == []
    notice = (root / "NOTICE").read_text()
    assert "DejaVu" in notice
    import matplotlib

    assert (Path(matplotlib.get_data_path()) / "fonts/ttf/LICENSE_DEJAVU").is_file()
