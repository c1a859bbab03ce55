"""The words of the gate's outcome, in English and French."""

from __future__ import annotations

ENGLISH: dict[str, str] = {
    "gate.passed": "The gate: all {n} conditions hold, so the cut may be analysed.",
    "gate.warned": (
        "**The gate: {k} of {n} conditions do not hold.** The study file asks for a warning only"
        " (`quality.gate: warn`)."
    ),
    "gate.released": "**The gate: {k} of {n} conditions do not hold.** {by} answers for it: {reason}",
    "gate.unjudged": "The gate was not asked.",
    "gate.condition": "Condition",
    "gate.observed": "Seen",
    "gate.limit": "Limit",
}

FRENCH: dict[str, str] = {
    "gate.passed": "Le contrôle d'entrée : les {n} conditions sont remplies, l'extraction peut être analysée.",
    "gate.warned": (
        "**Le contrôle d'entrée : {k} conditions sur {n} ne sont pas remplies.** Le fichier d'étude ne demande qu'un"
        " avertissement (`quality.gate: warn`)."
    ),
    "gate.released": (
        "**Le contrôle d'entrée : {k} conditions sur {n} ne sont pas remplies.** {by} en répond : {reason}"
    ),
    "gate.unjudged": "Le contrôle d'entrée n'a pas été fait.",
    "gate.condition": "Condition",
    "gate.observed": "Vu",
    "gate.limit": "Limite",
}
