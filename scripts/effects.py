"""Effects: rows in quarantine, the study as it was analysed -> what each rule takes away from each endpoint."""

import json

from mesenluth.effects.delivered import in_quarantine
from mesenluth.effects.effects import effects
from mesenluth.effects.names import COMPUTED
from mesenluth.program import Step, run
from mesenluth.tables.registry import REGISTRY
from mesenluth.tables.results import FINDINGS, RESULTS
from mesenluth.tables.results_effects import FINDING_EFFECTS, RULE_EFFECTS


def work(step: Step) -> None:
    accepted = step.read_all(REGISTRY.values())
    computed = step.read_all(RESULTS[name] for name in COMPUTED)
    findings = step.read(FINDINGS)
    delivered = in_quarantine(json.loads(step.options["delivered"]), findings)
    fine, added = effects(accepted, delivered, findings, computed, step.settings)
    step.write(fine, FINDING_EFFECTS)
    step.write(added, RULE_EFFECTS)


if __name__ == "__main__":
    run("effects", __doc__, work, {"delivered": "extracted tables, as a JSON list of files"})
