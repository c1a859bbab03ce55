"""Gate: counts and findings of the whole cut -> whether it may be analysed, judged by great_expectations."""

import json

import pandas as pd

from mesenluth.program import Step, run
from mesenluth.quality.gate import conditions, judge
from mesenluth.quality.limits import limit_conditions, rows_by_centre
from mesenluth.quality.release import decide
from mesenluth.tables.io import atomic_write
from mesenluth.tables.results import FINDINGS, GATE, ROW_COUNTS, RULE_COUNTS
from mesenluth.tables.results_picture import PROFILE


def work(step: Step) -> None:
    rows, rules = step.read(ROW_COUNTS), step.read(RULE_COUNTS)
    limits = limit_conditions(rows, step.read(FINDINGS), rows_by_centre(step.read_parts(PROFILE)), step.settings)
    asked = pd.concat([conditions(rows, rules, step.settings), limits], ignore_index=True)
    gate, suites = judge(asked, rows, rules)
    summary = json.dumps(suites, indent=1, sort_keys=True) + "\n"
    atomic_write(step.folder / "expectations.json", summary.encode())
    step.write(decide(gate, step.settings), GATE)


if __name__ == "__main__":
    run("gate", __doc__, work)
