"""Quality: row and rule counts of all partitions -> those of the whole cut."""

from mesenluth.program import Step, run
from mesenluth.quality.combine import row_counts, rule_counts
from mesenluth.tables.results import ROW_COUNTS, RULE_COUNTS


def work(step: Step) -> None:
    rows, rules = step.read_parts(ROW_COUNTS, row_counts), step.read_parts(RULE_COUNTS, rule_counts)
    step.write(rows, ROW_COUNTS)
    step.write(rules, RULE_COUNTS)


if __name__ == "__main__":
    run("quality", __doc__, work)
