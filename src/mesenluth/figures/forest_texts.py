"""Words of the forest plots, in English and French."""

from __future__ import annotations

ENGLISH: dict[str, str] = {
    "forest.title": "Proportions with their intervals",
    "forest.subgroups.title": "Subgroups: {compartment}",
    "forest.percent": "Patients (%)",
    "forest.ratio": "Hazard ratio",
    "forest.all": "All patients",
    "forest.reference": "reference",
    "forest.not_shown": "not shown",
    "forest.not_estimable": "not estimable",
    "forest.empty": "No estimate to draw",
    "forest.level.yes": "yes",
    "forest.level.no": "no",
    "forest.level.not known": "not known",
    "forest.interval": "Lines: {confidence} confidence intervals ({method}).",
    "forest.populations": (
        "Of all patients included; of clinical response, of those with symptoms at baseline. Compartments are parts of"
        " the disease of the same patients."
    ),
    "forest.included": "Of all patients included. Compartments are parts of the disease of the same patients.",
    "forest.subgroups.note": (
        "A: {endpoint}, lines are {confidence} confidence intervals ({method}). B: {survival}, hazard ratio against the"
        " first level shown, by Cox's model, with its {confidence} confidence interval. Exploratory: no subgroup was to"
        " be tested."
    ),
    "forest.small": "Levels with fewer than {below} patients are not shown.",
    "forest.rate": "Dashed line in A: {rate}, the rate of the hypothesis.",
    "forest.cut": "Arrowheads: an interval goes beyond the axis.",
    "forest.alt": "Forest plot of proportions with confidence intervals. {rows}",
    "forest.subgroups.alt": "Forest plot of subgroups in two panels, {endpoint} and hazard ratio of {survival}. {rows}",
    "forest.alt.row": "{label}: {text}.",
    "forest.caption": "Every proportion of the study with its confidence interval.",
    "forest.subgroups.caption": "{endpoint} and {survival} by subgroup ({compartment}).",
}

FRENCH: dict[str, str] = {
    "forest.title": "Proportions et leurs intervalles",
    "forest.subgroups.title": "Sous-groupes : {compartment}",
    "forest.percent": "Patients (%)",
    "forest.ratio": "Rapport des risques",
    "forest.all": "Tous les patients",
    "forest.reference": "référence",
    "forest.not_shown": "non montré",
    "forest.not_estimable": "non estimable",
    "forest.empty": "Aucune estimation à dessiner",
    "forest.level.yes": "oui",
    "forest.level.no": "non",
    "forest.level.not known": "inconnu",
    "forest.interval": "Traits : intervalles de confiance à {confidence} ({method}).",
    "forest.populations": (
        "Sur tous les patients inclus ; pour la réponse clinique, sur ceux qui avaient des symptômes à l'inclusion. Les"
        " compartiments sont des parties de la maladie des mêmes patients."
    ),
    "forest.included": (
        "Sur tous les patients inclus. Les compartiments sont des parties de la maladie des mêmes patients."
    ),
    "forest.subgroups.note": (
        "A : {endpoint}, traits : intervalles de confiance à {confidence} ({method}). B : {survival}, rapport des"
        " risques instantanés contre la première modalité montrée, par le modèle de Cox, avec son intervalle à"
        " {confidence}. Exploratoire : aucun sous-groupe ne devait être testé."
    ),
    "forest.small": "Les modalités de moins de {below} patients ne sont pas montrées.",
    "forest.rate": "Ligne tiretée en A : {rate}, le taux de l'hypothèse.",
    "forest.cut": "Pointes : un intervalle dépasse l'axe.",
    "forest.alt": "Graphique en forêt des proportions et de leurs intervalles de confiance. {rows}",
    "forest.subgroups.alt": (
        "Graphique en forêt des sous-groupes en deux volets, {endpoint} et rapport des risques de {survival}. {rows}"
    ),
    "forest.alt.row": "{label} : {text}.",
    "forest.caption": "Chaque proportion de l'étude avec son intervalle de confiance.",
    "forest.subgroups.caption": "{endpoint} et {survival} par sous-groupe ({compartment}).",
}
