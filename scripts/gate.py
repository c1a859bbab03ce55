"""Gate: conditions as great_expectations judged them -> whether the cut may be analysed."""

from mesenluth.errors import GateError
from mesenluth.program import Step, run
from mesenluth.quality.gate import refusals
from mesenluth.tables.results import GATE


def work(step: Step) -> None:
    gate = step.read(GATE)
    refused = refusals(gate)
    if refused and step.settings["quality"]["gate"] == "block":
        raise GateError(
            "the data quality gate refuses this cut:\n    " + "\n    ".join(refused),
            do="mend the records (findings.parquet names them, quality/data_docs.html counts them by centre),"
            " or change the limits under `quality` in the study file",
        )
    step.write(gate, GATE)


if __name__ == "__main__":
    run("gate", __doc__, work)
