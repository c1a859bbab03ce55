"""Classification: validated tables -> eligibility, RECIST 1.1 responses, and all other responses of each patient."""

from mesenluth.program import Step, run
from mesenluth.response.classify import classify
from mesenluth.tables.registry import REGISTRY
from mesenluth.tables.results import RESULTS


def work(step: Step) -> None:
    tables = step.read_all(REGISTRY.values())
    step.write_all(classify(tables, step.settings), RESULTS)


if __name__ == "__main__":
    run("classify", __doc__, work)
