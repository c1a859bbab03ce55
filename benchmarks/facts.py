"""Write the page of measured facts: `python benchmarks/facts.py > docs/measured.md`.

Times come from `benchmarks/outputs/<name>.txt`, what each benchmark printed when it was last run by
`python benchmarks/facts.py run <name> [arguments]`; counts are taken from the tests' data and the program as they are.
"""

import csv
import platform
import re
import subprocess
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
OUTPUTS = ROOT / "benchmarks" / "outputs"
WHAT = {
    "steps": "The default study, job by job: wall time, CPU time and peak memory as Snakemake measured them.",
    "quality": "Validation of large tables.",
    "classification": "The classify step beside its floor: reading the same tables and writing the same results, computing nothing.",
    "endpoints": "Every endpoint of the default study, on included patients with 12 assessments in each compartment.",
    "sensitivity": "The grid of definitions beside one analysis.",
    "sources": "Reading a source: the plain driver, the source's batches, the whole delivery.",
}
HEAD = """# Measured

Written by `make docs` from what the benchmarks printed and from the tests' data; do not edit it here. Times are those of the machine named with them, often
shared with other programs: take them as +-50 %. Ratios are of two ways measured in one run. No test asserts a time.
"""


def run(name: str, arguments: list[str]) -> None:
    """Run a benchmark and keep what it printed, with the machine it ran on."""
    command = [sys.executable, str(ROOT / "benchmarks" / f"{name}.py"), *arguments]
    said = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout
    OUTPUTS.mkdir(exist_ok=True)
    shown = " ".join(["benchmarks/" + name + ".py", *arguments])
    machine = f"Python {platform.python_version()}, {platform.machine()}, {platform.system()}"
    (OUTPUTS / f"{name}.txt").write_text(f"# python {shown} ({machine})\n{said.strip()}\n", encoding="utf-8")


def _cases(file: str) -> int:
    plain = yaml.safe_load((ROOT / "tests/data" / file).read_text(encoding="utf-8"))
    listed = plain if isinstance(plain, list) else next(v for v in plain.values() if isinstance(v, list))
    return len(listed)


def _rows(folder: str) -> int:
    found = 0
    for path in sorted((ROOT / "tests/data" / folder).rglob("*.csv")):
        with path.open(encoding="utf-8", newline="") as stream:
            found += max(sum(1 for _ in csv.reader(stream)) - 1, 0)
    return found


def counts() -> list[tuple[str, str, str]]:
    """Return what is counted: what, how many, where it stands."""
    study = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    rules = yaml.safe_load((ROOT / "src/mesenluth/quality/rules.yaml").read_text(encoding="utf-8"))["rules"]
    scores = (ROOT / "docs/quality_scores.md").read_text(encoding="utf-8")
    planted = re.findall(r"(\d+) findings planted, (\d+) found", scores)
    vary = study["sensitivity"]["vary"]
    tests = sorted((ROOT / "tests").rglob("test_*.py"))
    functions = sum(len(re.findall(r"^def test_", p.read_text(encoding="utf-8"), re.MULTILINE)) for p in tests)
    return [
        ("published figures of the default study, each computed again from raw measurements", str(len(study["published"]["items"])), "`config.yaml`, `published`"),
        *((f"faults planted and found, list {name}", f"{a} planted, {b} found", "[what the rules find](quality_scores.md)")
          for name, (a, b) in zip(("standard", "other"), planted, strict=False)),
        ("clinical rules of quality, beside those of the contracts", str(len(rules)), "[rules](quality.md)"),
        ("switches varied one at a time", str(sum(len(v) > 0 for v in vary.values())), "`config.yaml`, `sensitivity.vary`"),
        ("worked cases of RECIST 1.1", str(_cases("recist_cases.yaml") + _cases("recist_cases_more.yaml")), "`tests/data/recist_cases*.yaml`"),
        ("worked cases of progression-free survival", str(_cases("pfs_cases.yaml") + _cases("pfs_cases_more.yaml")), "`tests/data/pfs_cases*.yaml`"),
        ("edge cases of the classification", str(_cases("edge_cases.yaml")), "`tests/data/edge_cases.yaml`"),
        ("rows of reference results of R", f"{_rows('r_reference/outputs'):,}", "`tests/data/r_reference/outputs`"),
        ("rows of reference results of admiralonco", f"{_rows('admiralonco'):,}", "`tests/data/admiralonco`"),
        ("test functions, many of them for several cases", f"{functions:,}", ""),
    ]  # fmt: skip


def page() -> str:
    """Return the page."""
    blocks = [HEAD.strip(), "## Counted", "| what | how many | where |\n|---|---|---|"]
    blocks[-1] += "".join(f"\n| {what} | {number} | {where} |" for what, number, where in counts())
    for name, about in WHAT.items():
        path = OUTPUTS / f"{name}.txt"
        if not path.is_file():
            continue
        first, _, rest = path.read_text(encoding="utf-8").partition("\n")
        blocks += [
            f"## {name.capitalize()}",
            f"{about} By `{first.removeprefix('# ').split(' (')[0]}`; {first.split('(')[-1].rstrip(')')}.",
        ]
        blocks.append(f"```text\n{rest.strip()}\n```")
    return "\n\n".join(blocks) + "\n"


if __name__ == "__main__":
    if sys.argv[1:2] == ["run"] and sys.argv[2:3] and sys.argv[2] in WHAT:
        run(sys.argv[2], sys.argv[3:])
    elif len(sys.argv) == 1:
        sys.stdout.write(page())
    else:
        sys.exit(__doc__)
