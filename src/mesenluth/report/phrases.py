"""The phrases of which the texts of the tables are made, and their French.

A field in braces holds a number (`n`, `of`, `k` whole; `x`, `y`, `z`, `lo`, `hi` any) or, as `level` and `other`, a
value of the registry that stays as it is; under any other name, text that is a phrase itself. ``(s)`` is an optional
plural in English; in French it follows the last number before it, ``(s|n)`` that of field `n`.
"""

from __future__ import annotations

from .phrases_compared import COMPARED
from .phrases_definitions import DEFINITIONS

SAME = frozenset([
    "clopper-pearson", "wilson", "jeffreys", "agresti-coull", "mid-p", "exact", "log-log", "log", "logit", "proportion",
    "mesenteric", "non_mesenteric", "whole_patient", "CR", "PR", "SD", "NON-CR/NON-PD", "PD", "CMR", "PMR",
])  # fmt: skip
"""Names that are the same in French; ids of compartments are named by the page."""

SHARES = {
    "{n}/{of} ({x} %)": "{n}/{of} ({x} %)",
    "{n}/{of} ({x} %; {limits})": "{n}/{of} ({x} % ; {limits})",
    "{n}/{of} ({what})": "{n}/{of} ({what})",
    "{n}/{of}": "{n}/{of}",
    "{n} ({x} %)": "{n} ({x} %)",
    "{x} % CI {lo}-{hi}": "IC à {x} % {lo}-{hi}",
    "{x} % CI {lo} to {hi}": "IC à {x} % {lo} à {hi}",
    "{x} points ({limits})": "{x} points ({limits})",
    "no patients in this population": "aucun patient dans cette population",
    "no patients": "aucun patient",
    "{n} of {of} patient(s) could not be judged ({kinds}) and count as without the event": (
        "{n} patient(s) sur {of} sans évaluation possible ({kinds}), compté(s|n) sans l'événement"
    ),
    "{n} of {of} patient(s) could not be judged ({kinds}) and counts as without the event": (
        "{n} patient(s) sur {of} sans évaluation possible ({kinds}), compté(s|n) sans l'événement"
    ),
    "{n} not evaluable": "{n} non évaluable(s)",
    "{n} not assessed": "{n} sans examen",
    "{n} nothing in this compartment at baseline": "{n} sans maladie dans ce compartiment à l'inclusion",
    "uptake not comparable or not measured": "fixation non comparable ou non mesurée",
    "no visit in the window": "aucune visite dans la fenêtre",
    "{n} complication(s) in {of} patient(s)": "{n} complication(s) chez {of} patient(s)",
    "of these {n} whose day 0 is doubtful: an administration in quarantine may have been the first": (
        "dont {n} au jour 0 douteux : une administration en quarantaine a pu être la première"
    ),
    "of these {n} because it is not known": "dont {n} par manque d'information",
}

PAIRS = {
    "newcombe, paired": "Newcombe, apparié",
    "McNemar, exact, two-sided": "McNemar, exact, bilatéral",
    "McNemar, mid-p, two-sided": "McNemar, mid-p, bilatéral",
    "the proportions of {one} and {two} differ in the same patients": (
        "les proportions diffèrent entre {one} et {two} chez les mêmes patients"
    ),
    "{one} only {n}": "{one} uniquement {n}",
    "both {n}": "les deux {n}",
    "neither {n}": "aucun des deux {n}",
    "{n} patient(s) could not be judged in both compartments": (
        "{n} patient(s) sans évaluation possible dans les deux compartiments"
    ),
    "no patient could be judged in both compartments": "aucun patient évaluable dans les deux compartiments",
    "no patient responded in one compartment alone": "aucun patient n'a répondu dans un seul compartiment",
    "so that nothing can be compared": "rien ne peut donc être comparé",
}

HYPOTHESIS = {
    "exact binomial": "binomial exact",
    "exact binomial, {rate}": "binomial exact, {rate}",
    "exact binomial, one-sided (less)": "binomial exact, unilatéral (inférieur)",
    "exact binomial, one-sided (greater)": "binomial exact, unilatéral (supérieur)",
    "true rate of {x} %": "taux vrai de {x} %",
    "Jeffreys prior, Beta(0.5, 0.5)": "loi a priori de Jeffreys, Bêta(0,5 ; 0,5)",
    "rate < {x} %": "taux < {x} %",
    "rate > {x} %": "taux > {x} %",
    "rate < {x} %, alpha {y}": "taux < {x} %, alpha {y}",
    "rate > {x} %, alpha {y}": "taux > {x} %, alpha {y}",
    "{n}/{of} against {x} %: {p}": "{n}/{of} contre {x} % : {p}",
    "{p} with {n} of {of}": "{p} avec {n} sur {of}",
    "{x} % at a {rate}": "{x} % pour un {rate}",
    "P({what}) = {x} %": "P({what}) = {x} %",
    "{n} patient(s) with {k} responder(s)": "{n} patient(s) avec {k} répondeur(s)",
    "{n} patient(s) all responding": "{n} patient(s), tous répondeurs",
    "{n} patient(s) with {k} patient(s) not responding": "{n} patient(s) dont {k} sans réponse",
    "{n} patient(s) for {x} % power at a {rate}": "{n} patient(s) pour une puissance de {x} % et un {rate}",
    "more patients than were looked at": "plus de patients qu'il n'en a été essayé",
    "no result of {n} patient(s) can reject {x} %": "aucun résultat de {n} patient(s) ne peut rejeter {x} %",
    "{n} of {of} ({x} %): one-sided exact {p} against {y} %": (
        "{n} sur {of} ({x} %) : test exact unilatéral {p} contre {y} %"
    ),
    "the {x} % interval reaches {y} %": "l'intervalle à {x} % va jusqu'à {y} %",
    "no result of {n} patient(s) could have shown a rate under {x} %: even {k} of {of} gives {p}": (
        "aucun résultat de {n} patient(s) n'aurait pu montrer un taux inférieur à {x} % : même {k} sur {of} donne {p}"
    ),
    "no result of {n} patient(s) could have shown a rate over {x} %: even {k} of {of} gives {p}": (
        "aucun résultat de {n} patient(s) n'aurait pu montrer un taux supérieur à {x} % : même {k} sur {of} donne {p}"
    ),
    "it takes {n} patient(s)": "il en faut {n}",
    "no number of patients is enough": "aucun effectif ne suffit",
    "this does not show a rate under {x} %: at most {n} of {of} would have": (
        "cela ne montre pas un taux inférieur à {x} % : il aurait fallu au plus {n} sur {of}"
    ),
    "this does not show a rate over {x} %: at least {n} of {of} would have": (
        "cela ne montre pas un taux supérieur à {x} % : il aurait fallu au moins {n} sur {of}"
    ),
    "this shows a rate under {x} % at one-sided alpha {y}": (
        "cela montre un taux inférieur à {x} % au seuil unilatéral {y}"
    ),
    "this shows a rate over {x} % at one-sided alpha {y}": (
        "cela montre un taux supérieur à {x} % au seuil unilatéral {y}"
    ),
}

TIMES = {
    "count": "décompte",
    "median": "médiane",
    "lower quartile": "premier quartile",
    "upper quartile": "troisième quartile",
    "included": "inclusion",
    "plain": "sans transformation",
    "arcsine": "arc sinus",
    "area under the curve": "aire sous la courbe",
    "reverse Kaplan-Meier, {method}": "Kaplan-Meier inversé, {method}",
    "not reached": "non atteint",
    "not estimable": "non estimable",
    "not computed": "non calculé",
    "not estimable: {why}": "non estimable : {why}",
    "not reached: {why}": "non atteint : {why}",
    "{n} event(s) in {of} patient(s)": "{n} événement(s) chez {of} patient(s)",
    "{n} of {of} patient(s) have another time or status": "{n} patient(s) sur {of} avec un autre délai ou statut",
    "{x} % ({n} at risk)": "{x} % ({n} à risque)",
    "{x} % ({n} at risk; {limits})": "{x} % ({n} à risque ; {limits})",
    "only {n} at risk": "seulement {n} à risque",
    "{x} ({lo}-{hi})": "{x} ({lo}-{hi})",
    "{x} ({lo}-not reached)": "{x} ({lo}-non atteint)",
    "{x} (not reached-{hi})": "{x} (non atteint-{hi})",
    "not reached ({lo}-not reached)": "non atteint ({lo}-non atteint)",
    "not reached (not reached-{hi})": "non atteint (non atteint-{hi})",
    "not reached ({lo}-{hi})": "non atteint ({lo}-{hi})",
    "{x} (limits not estimable)": "{x} (limites non estimables)",
    "limits not estimable": "limites non estimables",
    "{what} up to {x} months": "{what} jusqu'à {x} mois",
    "no events": "aucun événement",
    "every time ends with the event": "tous les délais finissent par l'événement",
    "all events at one time": "tous les événements au même moment",
    "no events before": "aucun événement avant",
    "so that the mean has no interval": "la moyenne n'a donc pas d'intervalle",
    "longest follow-up {x} months": "suivi le plus long {x} mois",
    "the curve stays at {x} % from {y} months on": "la courbe reste à {x} % à partir de {y} mois",
    "lower limit {x} months": "limite inférieure {x} mois",
    "the upper limit is not reached": "la limite supérieure n'est pas atteinte",
    "the interval has no value at this survival": "l'intervalle n'a pas de valeur à cette survie",
    "{n} ended by another event first": "{n} interrompu(s) d'abord par un autre événement",
    "others compete": "d'autres événements concourent",
    "observed times": "délais observés",
    "no responders": "aucun répondeur",
    "{x} (from {y} to {z})": "{x} (de {y} à {z})",
    "of those who responded alone": "chez les seuls répondeurs",
    "the range is that of their times": "l'étendue est celle de leurs délais",
}

PHRASES: dict[str, str] = SHARES | PAIRS | HYPOTHESIS | TIMES | DEFINITIONS | COMPARED
