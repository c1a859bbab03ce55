"""Sensitivity: validated tables of all partitions -> what each definition, chosen another way, moves."""

from mesenluth.program import Step, run
from mesenluth.sensitivity.grid import grid
from mesenluth.tables.registry import REGISTRY
from mesenluth.tables.results import SENSITIVITY


def work(step: Step) -> None:
    step.write(grid(step.read_all(REGISTRY.values()), step.settings), SENSITIVITY)


if __name__ == "__main__":
    run("sensitivity", __doc__, work)
