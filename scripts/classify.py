"""Classification: validated tables -> eligibility, RECIST 1.1 responses, and all other responses of each patient."""

from mesenluth.program import Step, run
from mesenluth.response.classify import classify
from mesenluth.tables.registry import REGISTRY
from mesenluth.tables.results import FINDINGS, RESULTS


def work(step: Step) -> None:
    portions = step.read_portions([*REGISTRY.values(), FINDINGS])
    step.write_portions((classify(tables, step.settings) for tables in portions), RESULTS)


if __name__ == "__main__":
    run("classify", __doc__, work)
