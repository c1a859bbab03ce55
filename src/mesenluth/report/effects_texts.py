"""The words of the section on what quarantine takes from the endpoints, in English and French."""

from __future__ import annotations

ENGLISH: dict[str, str] = {
    "effects.title": "What quarantine takes from the endpoints",
    "effects.intro": (
        "For each rule that keeps out rows of patients of the study: these patients were derived anew with the rows put"
        " back as they stand, and nothing else changed (`quality/rule_effects.parquet`; by patient:"
        " `quality/finding_effects.parquet`). An assessment is a time point after baseline with a response other"
        " than NE."
    ),
    "effects.nothing": "No row in quarantine changes a result of the study.",
    "effects.rule": "Rule",
    "effects.rows": "Rows kept out",
    "effects.patients": "Patients",
    "effects.what": "What they change",
    "effects.lost": "{n} patient(s) removed from: {where}",
    "effects.gained": "{n} patient(s) that would not count with the rows: {where}",
    "effects.changed": "{n} patient(s) with another result: {where}",
    "effects.unknown": "{n} patient(s) of whom it is not known, as the rows cannot be put back: {where}",
    "effects.fewer": "{n} assessment(s) removed from {where}",
    "effects.more": "{n} assessment(s) that would not be there with the rows: {where}",
    "effects.none": "nothing",
    "effects.all": "all compartments",
    "effects.every": "every endpoint of all included patients",
}

FRENCH: dict[str, str] = {
    "effects.title": "Ce que la quarantaine retire aux critères",
    "effects.intro": (
        "Pour chaque règle qui écarte des lignes de patients de l'étude : ces patients ont été recalculés avec ces"
        " lignes remises telles quelles, sans rien changer d'autre (`quality/rule_effects.parquet` ; par patient :"
        " `quality/finding_effects.parquet`). Une évaluation est un temps après l'inclusion dont la réponse n'est pas"
        " NE."
    ),
    "effects.nothing": "Aucune ligne en quarantaine ne change un résultat de l'étude.",
    "effects.rule": "Règle",
    "effects.rows": "Lignes écartées",
    "effects.patients": "Patients",
    "effects.what": "Ce qu'elles changent",
    "effects.lost": "{n} patient(s) retiré(s) de : {where}",
    "effects.gained": "{n} patient(s) qui ne compteraient pas avec ces lignes : {where}",
    "effects.changed": "{n} patient(s) au résultat différent : {where}",
    "effects.unknown": "{n} patient(s) pour qui on ne peut le dire, les lignes ne pouvant être remises : {where}",
    "effects.fewer": "{n} évaluation(s) retirée(s) de : {where}",
    "effects.more": "{n} évaluation(s) qui n'y seraient pas avec ces lignes : {where}",
    "effects.none": "rien",
    "effects.all": "tous les compartiments",
    "effects.every": "tous les critères de l'ensemble des inclus",
}
