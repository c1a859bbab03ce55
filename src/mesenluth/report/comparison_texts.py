"""Sentences of the report about patients compared with each other or with themselves, in English and French."""

from __future__ import annotations

ENGLISH: dict[str, str] = {
    "population.disease_in_both": "with disease in both",
    "definition.study": "deaths as the study counts them",
    "definition.cause_specific": "cause-specific: a death is no event",
    "statistic.paired_patients": "patients compared",
    "statistic.restricted_mean_difference": "difference of restricted means, months",
    "statistic.hazard_ratio": "hazard ratio",
    "statistic.progressed_first": "which progressed first",
    "paired.title": "Compartments compared in the same patients",
    "paired.intro": (
        "Each patient stands in both compartments, so that the two curves are not independent: no log-rank test"
        " compares them. Differences are first minus second. A patient with disease in one compartment alone is left"
        " out, and counted. Intervals do not allow for the number of comparisons."
    ),
    "paired.endpoint": "Endpoint",
    "paired.compartment": "Compartments",
    "paired.definition": "Deaths",
    "paired.statistic": "What",
    "paired.text": "Result",
    "paired.method": "Method",
    "paired.remark": "Remark",
}

FRENCH: dict[str, str] = {
    "population.disease_in_both": "malades dans les deux",
    "definition.study": "décès comptés comme l'étude le veut",
    "definition.cause_specific": "par cause : un décès n'est pas un événement",
    "statistic.paired_patients": "patients comparés",
    "statistic.restricted_mean_difference": "différence des moyennes restreintes, mois",
    "statistic.hazard_ratio": "rapport des risques instantanés",
    "statistic.progressed_first": "lequel a progressé en premier",
    "paired.title": "Compartiments comparés chez les mêmes patients",
    "paired.intro": (
        "Chaque patient figure dans les deux compartiments : les deux courbes ne sont pas indépendantes et aucun test"
        " du log-rank ne les compare. Les différences sont premier moins second. Un patient malade dans un seul"
        " compartiment est laissé de côté, et compté. Les intervalles ne tiennent pas compte du nombre de comparaisons."
    ),
    "paired.endpoint": "Critère de jugement",
    "paired.compartment": "Compartiments",
    "paired.definition": "Décès",
    "paired.statistic": "Quoi",
    "paired.text": "Résultat",
    "paired.method": "Méthode",
    "paired.remark": "Remarque",
}
