"""Across: accepted patients of all partitions -> what the rules find that compare patients of several centres."""

from mesenluth.program import Step, run
from mesenluth.quality.catalogue import of_study
from mesenluth.quality.engine import validate
from mesenluth.quality.judged import ACROSS_READS
from mesenluth.tables.extracted import UNREADABLE
from mesenluth.tables.io import empty
from mesenluth.tables.registry import REGISTRY
from mesenluth.tables.results import FINDINGS, RULE_COUNTS


def work(step: Step) -> None:
    tables = {name: step.read(REGISTRY[name]) for name in ACROSS_READS}
    judged = validate(tables, empty(UNREADABLE), step.settings, of_study(step.settings).across())
    step.write(judged.findings, FINDINGS)
    step.write(judged.rule_counts, RULE_COUNTS)


if __name__ == "__main__":
    run("across", __doc__, work)
