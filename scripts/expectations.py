"""Expectations: accepted rows, findings and counts of the cut -> judged conditions, and suites and results as files."""

import json

from mesenluth.program import Step, run
from mesenluth.quality.data_docs import page
from mesenluth.quality.gate import conditions, judge
from mesenluth.quality.gx_project import project
from mesenluth.quality.suites import failed_by_centre, rule_suites, table_suites
from mesenluth.tables.io import atomic_write
from mesenluth.tables.results import FINDINGS, GATE, ROW_COUNTS, RULE_COUNTS


def work(step: Step) -> None:
    study, cut = step.settings["study"], step.settings["cut"]
    rows, rules, findings = step.read(ROW_COUNTS), step.read(RULE_COUNTS), step.read(FINDINGS)

    def others():
        yield from table_suites(step.read, study["quality"]["min_rows"])
        yield from rule_suites(failed_by_centre(findings, rules), rules)

    with project(step.folder / "gx", cut, study["cut"]["date"]) as ask:
        gate, summary = judge(conditions(rows, rules, study), rows, rules, others(), ask)
    atomic_write(step.folder / "expectations.json", (json.dumps(summary, indent=1, sort_keys=True) + "\n").encode())
    docs = page(study, cut, gate, summary, rows, rules, findings)
    atomic_write(step.folder / "data_docs.html", docs.encode())
    step.write(gate, GATE, step.options["judged"])


if __name__ == "__main__":
    run("expectations", __doc__, work, {"judged": "folder for the judged conditions"})
