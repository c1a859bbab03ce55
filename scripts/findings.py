"""Findings: those of every partition, and recorded responses that contradict their measurements -> of the whole cut."""

from mesenluth.program import Step, run
from mesenluth.quality.combine import findings
from mesenluth.tables.registry import REGISTRY
from mesenluth.tables.results import DISAGREEMENTS, FINDINGS


def work(step: Step) -> None:
    step.write(findings(step.read(FINDINGS), step.read(DISAGREEMENTS), step.read(REGISTRY["patients"])), FINDINGS)


if __name__ == "__main__":
    run("findings", __doc__, work)
