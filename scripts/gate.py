"""Gate: counts of the whole cut -> whether it may be analysed, judged by great_expectations."""

import json

from mesenluth.errors import GateError
from mesenluth.program import Step, run
from mesenluth.quality.gate import conditions, judge, refusals
from mesenluth.tables.io import atomic_write
from mesenluth.tables.results import GATE, ROW_COUNTS, RULE_COUNTS


def work(step: Step) -> None:
    rows, rules = step.read(ROW_COUNTS), step.read(RULE_COUNTS)
    gate, suites = judge(conditions(rows, rules, step.settings), rows, rules)
    summary = json.dumps(suites, indent=1, sort_keys=True) + "\n"
    atomic_write(step.folder / "expectations.json", summary.encode())
    refused = refusals(gate)
    if refused and step.settings["quality"]["gate"] == "block":
        raise GateError(
            "the data quality gate refuses this cut:\n    " + "\n    ".join(refused),
            do="mend the records (findings.parquet names them), or change the limits under `quality` in the study file",
        )
    step.write(gate, GATE)


if __name__ == "__main__":
    run("gate", __doc__, work)
