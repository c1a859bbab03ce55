"""A small project with a registered cut and two jobs, made by the parts that make real ones."""

import json
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from mesenluth.errors import VerificationError
from mesenluth.provenance import manifest as manifests
from mesenluth.provenance.circumstances import describe_run
from mesenluth.provenance.content import canonical, text_hash
from mesenluth.provenance.fingerprint import code_hash, file_hash
from mesenluth.provenance.made import Job
from mesenluth.provenance.release import previous_of, publish
from mesenluth.provenance.verify import verify
from mesenluth.registry.cut import current, register
from mesenluth.registry.source import Delivery
from mesenluth.tables.io import FOOTER, STRING, read_footer, write_table
from mesenluth.tables.model import Column, Table
from mesenluth.tables.results import GATE

COUNTED = Table("counted", "one centre", "Patients.", (
    Column("centre", "string", "centre", required=True), Column("patients", "int", "patients", required=True),
), key=("centre",))  # fmt: skip
FILES = {
    "Snakefile": "rule all:\n    input: 'x'\n",
    "config.yaml": "study: {}\n",
    "pyproject.toml": "[project]\nname = 'small'\n",
    "rules/a.smk": "# rules\n",
    "scripts/count.py": "from mesenluth.counts import count\n",
    "scripts/page.py": "import mesenluth\n",
    "src/mesenluth/__init__.py": "",
    "src/mesenluth/counts.py": "def count(n):\n    return n + 0\n",
    "schemas/study.schema.yaml": "{}\n",
    "envs/study.lock": "pandas==2.3.3 \\\n    --hash=sha256:00\n",
    "profiles/default/profile.yaml": "cores: 1\n",
}
STUDY = {
    "study": {"id": "small", "title": {"en": "Small"}, "data": "synthetic", "notice": {"en": "Synthetic."}},
    "source": {"kind": "synthetic", "path": "data/x.sqlite"},
    "cut": {"date": "2023-06-30", "partition": "none"},
    "output": "results",
    "statistics": {"level": 0.95},
    "figures": {"formats": ["svg"]},
}


def edit_rows(path) -> None:
    """Change a number in a table and leave its footer as it was."""
    data, about = pq.read_table(path), read_footer(path)
    edited = data.set_column(1, data.schema.field("patients"), [[4]])
    with pq.ParquetWriter(path, edited.schema) as writer:
        writer.write_table(edited)
        writer.add_key_value_metadata({FOOTER: json.dumps(about)})


class SmallProject:
    """Writes code, cut and artifacts; `release` publishes them."""

    def __init__(self, root: Path) -> None:
        self.root, self.study = root, json.loads(json.dumps(STUDY))
        self.released = ""
        self.more: dict[str, tuple] = {}
        for name, text in FILES.items():
            self.put(name, text)
        self.deliver({"P1": "C01", "P2": "C02", "P3": "C02"})

    def put(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def deliver(self, centres: dict[str, str]) -> None:
        patients = pd.DataFrame({
            "patient_id": list(centres), "centre": list(centres.values()), "registration_date": "2020-01-01",
            "source_table": "patient", "source_key": list(centres), "row_sha256": [text_hash(c) for c in centres],
        }, dtype=STRING)  # fmt: skip
        self.patients = len(centres)
        administrations = pd.DataFrame({
            "patient_id": list(centres), "administration_date": "2021-01-01", "product": "177Lu-DOTATATE",
            "source_table": "cycle", "source_key": list(centres), "row_sha256": text_hash("cycle"),
        }, dtype=STRING)  # fmt: skip
        tables = {"patients": patients, "administrations": administrations}
        register(Delivery(tables, files={"patient": text_hash("x")}), self.study, self.root)

    def job(self, name, inputs, outputs, settings):
        script = f"scripts/{name}.py"
        return Job(
            name, name, script, code_hash(self.root / script, self.root / "src"),
            file_hash(self.root / "envs/study.lock"), json.dumps(settings) if settings else "", {}, inputs, outputs,
            1.7e9, 1.7e9 + 1,
        )  # fmt: skip

    def run(self) -> dict[str, Job]:
        """Do the two jobs: count the registered patients, write a page."""
        stored = current(self.study, self.root).paths("all")[0]
        settings = {"statistics": self.study["statistics"]}
        count = self.job(
            "count", [stored], ["results/endpoints/counted.parquet", "results/quality/gate.parquet"], settings
        )
        count.outputs += [f"results/{place}.parquet" for place in self.more]
        lineage = {
            "step": "count", "code": count.code, "env": count.env, "settings": settings,
            "inputs": {"patients": read_footer(self.root / stored)["sha256"]},
        }  # fmt: skip
        counted = pd.DataFrame({"centre": ["all"], "patients": [self.patients]})
        tables = (("endpoints/counted", counted, COUNTED), ("quality/gate", self.gate(), GATE))
        for place, frame, table in (*tables, *((p, *rest) for p, rest in self.more.items())):
            write_table(frame, self.root / f"results/{place}.parquet", table, lineage)
        page = self.job("page", ["results/endpoints/counted.parquet"], ["results/report", "results/figures/a.svg"], {})
        self.put("results/report/results.md", f"Patients: {self.patients}\n")
        self.put("results/figures/a.svg", f"<svg>{self.patients}</svg>\n")
        for job in (count, page):
            self.put(f"results/logs/{job.name}.log", "done\n")
            self.put(f"results/logs/{job.name}.benchmark.tsv", "s\tmax_rss\tcpu_time\n1.5\t120.25\t1.1\n")
        return {"count": count, "page": page}

    def check(self, folder: Path) -> None:
        if faults := verify(folder):
            raise VerificationError(str(faults))

    def gate(self) -> pd.DataFrame:
        return pd.DataFrame({
            "condition": ["patients.min_rows"], "table": ["patients"], "observed": [3.0], "limit": [1.0],
            "passed": [not self.released], "message": ["patients: 3 rows may be analysed, at least 1 are needed"],
            "centre": [None], "released_by": [self.released or None],
            "released_because": ["seen with the centre" if self.released else None],
        })  # fmt: skip

    def manifest(self, jobs: dict[str, Job]) -> dict:
        return manifests.build(self.study, self.root, jobs, previous_of(self.root, "small")[1])

    def release(self) -> tuple[Path, bool]:
        jobs = self.run()
        manifest = self.manifest(jobs)
        run = describe_run(
            self.root, "results", jobs, self.root / manifest["records"][0], text_hash(canonical(manifest))
        )
        return publish(manifest, run, self.root, "results", self.check)
