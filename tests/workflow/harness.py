"""Run the workflow for real in a copy of the project, and plan it in process."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from snakemake.api import SnakemakeApi
from snakemake.settings.types import ConfigSettings, DAGSettings, OutputSettings, Quietness, ResourceSettings

ROOT = Path(__file__).resolve().parents[2]
KEPT = (
    "Snakefile", "config.yaml", "pyproject.toml", "README.md", "LICENSE", "NOTICE", "rules", "scripts", "src",
    "schemas", "studies", "envs", "profiles", "results/README.md",
)  # fmt: skip
SMALL = """
source: {patients: 320, centres: 3}
cut: {partition: HOW, buckets: 2}
quality: {rules: studies/rules_example.yaml}
"""
"""A small study; how the work is split stands for HOW."""
PLANTED = {
    "MESENLUTH_PSEUDONYM_KEY": "planted pseudonym key of the data manager",
    "PGPASSWORD": "planted password of the registry",
    "REDCAP_API_TOKEN": "PLANTEDTOKENOFTHEREDCAPPROJECT00",
}  # fmt: skip
"""Secrets in the environment of the shared run; the default study has no use for them."""
BY_CONTENT = 100 * 10**9  # as in profiles/default/profile.yaml


def copy_project(to: Path) -> Path:
    """Copy what git would have of the project: tracked files, and new ones that are not ignored."""
    git = subprocess.run(
        ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=False, capture_output=True, text=True,
    )  # fmt: skip
    # An unpacked archive has no git: everything but what a run or the tools leave.
    listed = git.stdout.split("\0") if git.returncode == 0 else _without_git()
    for name in filter(None, listed):
        if (ROOT / name).is_file() and not name.startswith("tests/"):
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, to / name)
    return to


def _without_git() -> list[str]:
    files = [p.relative_to(ROOT) for top in KEPT for p in [ROOT / top, *(ROOT / top).rglob("*")] if p.is_file()]
    return [str(f) for f in files if "__pycache__" not in f.parts]


def clone(project: Path, to: Path) -> Path:
    """Copy a project with its results, cuts and Snakemake's records to another place."""
    return Path(shutil.copytree(project, to, symlinks=True))


def call(project: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the project as a user would, with environment variables added, and return what it said."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "COV_"))}
    environment |= {
        "PYTHONPATH": str(project / "src"),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        **variables,
    }
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=project, env=environment, capture_output=True, text=True, timeout=900, check=False,
    )  # fmt: skip


def mesenluth(project: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run `mesenluth`."""
    return call(project, "mesenluth.cli", *arguments, **variables)


def plan(project: Path, overlay: str | None = None, changes: dict | None = None) -> dict[str, str]:
    """Return which jobs a call would run now, and why: `rule` or `rule:wildcards` -> reason."""
    here = Path.cwd()
    try:
        with SnakemakeApi(OutputSettings(dryrun=True, quiet={Quietness.ALL})) as api:
            workflow = api.workflow(
                resource_settings=ResourceSettings(cores=1),
                config_settings=ConfigSettings(
                    configfiles=[project / overlay] if overlay else [], config=changes or {}
                ),
                snakefile=project / "Snakefile",
                workdir=project,
            )
            workflow.dag(DAGSettings(max_checksum_file_size=BY_CONTENT)).execute_workflow(executor="dryrun")
            dag = workflow._workflow.dag
            jobs = [job for job in dag.needrun_jobs(exclude_finished=False) if job.rule.name != "all"]
            return {
                ":".join([job.rule.name, *map(str, job.wildcards)]): str(dag.reason(job))
                for job in sorted(jobs, key=lambda j: (j.rule.name, str(j.wildcards)))
            }
    finally:
        os.chdir(here)


def artifacts(project: Path, output: str = "results") -> dict[str, bytes]:
    """Return every artifact of a run by its path; logs and run.json, which may differ between equal runs, are left out."""
    folder = project / output
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and "logs" not in path.relative_to(folder).parts
        and path.name not in ("README.md", "run.json")
    }


def parts(project: Path) -> set[str]:
    """Return the names of a run's partitions."""
    return {p.name for p in (project / "results/validated").iterdir()}


def added_up(project: Path) -> dict[str, bytes]:
    """Return the artifacts that are not those of a part."""
    own = parts(project)
    return {name: content for name, content in artifacts(project).items() if not own & set(Path(name).parts[:-1])}
