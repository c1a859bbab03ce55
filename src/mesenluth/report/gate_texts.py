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
    "gate.contradictions": (
        "Of {of} recorded responses {n} contradict their measurements ({kinds}); each is a finding of the rule"
        " `responses.contradicts_measurements` and stays, as recorded responses are compared and never used."
    ),
    "gate.contradictions.kind": "{kind} {n} of {of}",
    "gate.kind.overall": "overall",
    "gate.kind.target": "target",
    "gate.kind.nontarget": "non-target",
    "gate.kind.best": "best",
    "gate.kind.confirmed_best": "confirmed best",
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
    "gate.contradictions": (
        "Sur {of} réponses enregistrées, {n} contredisent leurs mesures ({kinds}) ; chacune est un constat de la règle"
        " `responses.contradicts_measurements` et reste : les réponses enregistrées sont comparées, jamais utilisées."
    ),
    "gate.contradictions.kind": "{kind} {n} sur {of}",
    "gate.kind.overall": "globale",
    "gate.kind.target": "cibles",
    "gate.kind.nontarget": "non cibles",
    "gate.kind.best": "meilleure",
    "gate.kind.confirmed_best": "meilleure confirmée",
    "gate.condition": "Condition",
    "gate.observed": "Vu",
    "gate.limit": "Limite",
}
