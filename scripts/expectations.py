"""Expectations: accepted rows, findings and counts of the cut -> judged conditions, and suites and results as files."""

import json
from collections.abc import Iterator

import pandas as pd

from mesenluth.program import Step, run
from mesenluth.quality.data_docs import page
from mesenluth.quality.expectations import Suite
from mesenluth.quality.gate import conditions, judge
from mesenluth.quality.gx_project import project
from mesenluth.quality.limits import limit_conditions, rows_by_centre
from mesenluth.quality.profile import added
from mesenluth.quality.suites import failed_by_centre, rule_suites, table_suites
from mesenluth.tables.io import atomic_write
from mesenluth.tables.results import FINDINGS, GATE, ROW_COUNTS, RULE_COUNTS
from mesenluth.tables.results_picture import PROFILE


def work(step: Step) -> None:
    study, cut = step.settings["study"], step.settings["cut"]
    rows, rules, findings = step.read(ROW_COUNTS), step.read(RULE_COUNTS), step.read(FINDINGS)

    def others() -> Iterator[Suite]:
        yield from table_suites(step.read, study["quality"]["min_rows"])
        yield from rule_suites(failed_by_centre(findings, rules), rules)

    centres = rows_by_centre(step.read_parts(PROFILE, added))
    limits = limit_conditions(rows, findings, centres, study)
    asked = pd.concat([conditions(rows, rules, study), limits], ignore_index=True)
    with project(step.folder / "gx", cut, study["cut"]["date"]) as ask:
        gate, summary = judge(asked, rows, rules, others(), ask)
    atomic_write(step.folder / "expectations.json", (json.dumps(summary, indent=1, sort_keys=True) + "\n").encode())
    docs = page(study, cut, gate, summary, rows, rules, findings)
    atomic_write(step.folder / "data_docs.html", docs.encode())
    step.write(gate, GATE, step.options["judged"])


if __name__ == "__main__":
    run("expectations", __doc__, work, {"judged": "folder for the judged conditions"})
