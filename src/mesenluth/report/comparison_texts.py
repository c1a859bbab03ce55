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
    "statistic.subgroup_test": "do the levels differ",
    "statistic.interaction": "does the contrast of the compartments depend on the level",
    "statistic.heterogeneity": "do the centres differ",
    "statistic.i_squared": "spread between centres",
    "population.subgroup": "subgroup",
    "level.yes": "yes",
    "level.no": "no",
    "level.not known": "not known",
    "subgroups.title": "Subgroups",
    "subgroups.intro": (
        "Exploratory: no subgroup was to be tested, and {tests} tests stand here, of which one in twenty is below 0.05"
        " by chance alone. Levels with fewer than {below} patients are not shown, nor landmarks with fewer than"
        " {at_risk} at risk. A level that is only known after day 0, such as a number of administrations, favours those"
        " who lived long enough to reach it."
    ),
    "subgroups.subgroup": "Subgroup",
    "subgroups.level": "Level",
    "subgroups.endpoint": "Endpoint",
    "subgroups.compartment": "Compartment",
    "subgroups.events": "Events",
    "subgroups.median": "Median, months",
    "subgroups.at": "Free of the event at {months} months",
    "subgroups.hazard_ratio": "Hazard ratio",
    "subgroups.question": "Question",
    "subgroups.result": "Result",
    "subgroups.method": "Method",
    "subgroups.remark": "Remark",
    "subgroups.centre": "Centre",
    "heterogeneity.title": "Differences between centres",
    "heterogeneity.intro": (
        "The exact test takes every centre; centres with fewer than {below} patients are not shown on their own."
    ),
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
    "statistic.subgroup_test": "les modalités diffèrent-elles",
    "statistic.interaction": "le contraste des compartiments dépend-il de la modalité",
    "statistic.heterogeneity": "les centres diffèrent-ils",
    "statistic.i_squared": "dispersion entre centres",
    "population.subgroup": "sous-groupe",
    "level.yes": "oui",
    "level.no": "non",
    "level.not known": "inconnu",
    "subgroups.title": "Sous-groupes",
    "subgroups.intro": (
        "Exploratoire : aucun sous-groupe ne devait être testé, et {tests} tests figurent ici, dont un sur vingt passe"
        " sous 0,05 par le seul hasard. Les modalités de moins de {below} patients ne sont pas montrées, ni les"
        " échéances avec moins de {at_risk} patients à risque. Une modalité connue seulement après le jour 0, comme un"
        " nombre d'administrations, favorise ceux qui ont vécu assez longtemps pour l'atteindre."
    ),
    "subgroups.subgroup": "Sous-groupe",
    "subgroups.level": "Modalité",
    "subgroups.endpoint": "Critère de jugement",
    "subgroups.compartment": "Compartiment",
    "subgroups.events": "Événements",
    "subgroups.median": "Médiane, mois",
    "subgroups.at": "Sans événement à {months} mois",
    "subgroups.hazard_ratio": "Rapport des risques instantanés",
    "subgroups.question": "Question",
    "subgroups.result": "Résultat",
    "subgroups.method": "Méthode",
    "subgroups.remark": "Remarque",
    "subgroups.centre": "Centre",
    "heterogeneity.title": "Différences entre centres",
    "heterogeneity.intro": (
        "Le test exact prend tous les centres ; ceux de moins de {below} patients ne sont pas montrés isolément."
    ),
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
