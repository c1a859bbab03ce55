"""What the default study takes, step by step: `python benchmarks/steps.py [cores]`.

Runs it from nothing in a temporary copy, then once more with nothing to do, and prints wall time, CPU time and peak
memory of each job as Snakemake measured them. It decides no test.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).resolve().parents[1]


def call(project: Path, *arguments: str) -> float:
    environment = {**os.environ, "PYTHONPATH": str(project / "src")}
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", "mesenluth.cli", *arguments], cwd=project, env=environment, check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    return time.perf_counter() - began


def main() -> None:
    cores = sys.argv[1] if len(sys.argv) > 1 else str(os.cpu_count())
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "project"
        ignored = shutil.ignore_patterns(".git", ".venv", ".snakemake", "results", "cuts", "data", "*_cache", "tests")
        shutil.copytree(ROOT, project, ignore=ignored)
        lines = [
            ("write the synthetic registry", call(project, "simulate")),
            ("register the cut", call(project, "register")),
            (f"run the workflow on {cores} cores", call(project, "run", "--", "--cores", cores)),
            ("run again with nothing to do", call(project, "run", "--", "--cores", cores)),
        ]
        jobs = []
        for path in sorted((project / "results/logs").rglob("*.benchmark.tsv")):
            row = pd.read_csv(path, sep="\t").iloc[0]
            name = str(path.relative_to(project / "results/logs")).removesuffix(".benchmark.tsv")
            jobs.append((name, row["s"], row["cpu_time"], row["max_rss"]))
    for text, seconds in lines:
        print(f"{text:<44}{seconds:8.1f} s")
    print(f"\n{'job':<36}{'wall s':>8}{'CPU s':>8}{'peak MB':>9}")
    for name, wall, cpu, memory in jobs:
        print(f"{name:<36}{float(wall):8.1f}{float(cpu):8.1f}{float(memory):9.0f}")


if __name__ == "__main__":
    main()
