"""Gate: conditions as great_expectations judged them -> whether the cut may be analysed, and who answers for it."""

from mesenluth.program import Step, run
from mesenluth.quality.release import decide
from mesenluth.tables.results import GATE


def work(step: Step) -> None:
    step.write(decide(step.read(GATE), step.settings), GATE)


if __name__ == "__main__":
    run("gate", __doc__, work)
