"""The phrases of comparisons (compartments, subgroups, centres, growth) and of intervals, and their French."""

from __future__ import annotations

PAIRED_TIMES = {
    "{n} of {of} patient(s) have disease in both compartments at baseline": (
        "{n} patient(s) sur {of} avec une maladie dans les deux compartiments à l'inclusion"
    ),
    "left out at baseline: {what}": "écartés à l'inclusion : {what}",
    "{n} only {where} disease": "{n} avec uniquement {where}",
    "{n} no disease in either": "{n} sans maladie dans l'un ni l'autre",
    "{n} no baseline assessment of one of them": "{n} sans bilan initial de l'un d'eux",
    "{n} death(s) is an event of both compartments, which dilutes the contrast: see the cause-specific rows": (
        "{n} décès compte dans les deux compartiments, ce qui dilue le contraste : voir les lignes par cause"
    ),
    "{n} death(s) are events of both compartments, which dilutes the contrast: see the cause-specific rows": (
        "{n} décès comptent dans les deux compartiments, ce qui dilue le contraste : voir les lignes par cause"
    ),
    "a death ends a time without the event": "un décès termine un délai sans l'événement",
    "a death ends a time without the event: the means are those of a world without deaths": (
        "un décès termine un délai sans l'événement : les moyennes sont celles d'un monde sans décès"
    ),
    "competing events end a time without the event": "les événements concurrents terminent un délai sans l'événement",
    "competing events end a time without the event: the means are those of a world without them": (
        "les événements concurrents terminent un délai sans l'événement : les moyennes sont celles d'un monde sans eux"
    ),
    "in {x} % of the resamples a curve ended before {y} months and was carried on": (
        "dans {x} % des rééchantillons une courbe finissait avant {y} mois et a été prolongée"
    ),
    "in under {x} % of the resamples a curve ended before {y} months and was carried on": (
        "dans moins de {x} % des rééchantillons une courbe finissait avant {y} mois et a été prolongée"
    ),
    "{x} months ({limits}) up to {y} months: {one} {lo}, {two} {hi}": (
        "{x} mois ({limits}) jusqu'à {y} mois : {one} {lo}, {two} {hi}"
    ),
    "{x} months up to {y} months: {one} {lo}, {two} {hi}": "{x} mois jusqu'à {y} mois : {one} {lo}, {two} {hi}",
    "bootstrap of patients, percentile, {n} resamples, seed {k}": (
        "bootstrap de patients, percentiles, {n} rééchantillons, graine {k}"
    ),
    "infinitesimal jackknife over patients": "jackknife infinitésimal sur les patients",
    "Cox, Efron's ties": "Cox, ex æquo d'Efron",
    "Cox, Efron's ties, against {level}": "Cox, ex æquo d'Efron, contre {level}",
    "Cox, Efron's ties, robust variance over patients": "Cox, ex æquo d'Efron, variance robuste sur les patients",
    "Cox, Efron's ties, robust variance over patients, Wald, two-sided, exploratory": (
        "Cox, ex æquo d'Efron, variance robuste sur les patients, Wald, bilatéral, exploratoire"
    ),
    "Wald, robust, two-sided": "Wald, robuste, bilatéral",
    "Wald, two-sided, exploratory": "Wald, bilatéral, exploratoire",
    "Wald, variance over patients, two-sided": "Wald, variance sur les patients, bilatéral",
    "the hazards of {one} and {two} differ in the same patients": (
        "les risques instantanés diffèrent entre {one} et {two} chez les mêmes patients"
    ),
    "the restricted means of {one} and {two} differ in the same patients": (
        "les moyennes restreintes diffèrent entre {one} et {two} chez les mêmes patients"
    ),
    "hazards do not look proportional ({p}): the ratio is a mean over time": (
        "les risques ne semblent pas proportionnels ({p}) : le rapport est une moyenne dans le temps"
    ),
    "events come on one side alone": "les événements sont d'un seul côté",
    "so that the hazard ratio has no limit": "le rapport n'a donc pas de limite",
    "too few patients for the variance over patients": "trop peu de patients pour la variance sur les patients",
    "sign test, exact, two-sided": "test des signes, exact, bilatéral",
    "{one} and {two} do not progress first equally often": (
        "{one} et {two} ne progressent pas d'abord aussi souvent l'un que l'autre"
    ),
    "{one} first in {n}": "{one} d'abord chez {n}",
    "on the same day {n}": "le même jour {n}",
    "in {n} patient(s) the other compartment was not seen up to that day": (
        "chez {n} patient(s) l'autre compartiment n'avait pas été vu jusqu'à ce jour"
    ),
    "{n} tie(s) left out of the test": "{n} ex æquo hors du test",
    "in no patient did one compartment progress before the other": (
        "chez aucun patient un compartiment n'a progressé avant l'autre"
    ),
}

SUBGROUPS = {
    "not shown": "non montré",
    "not shown: {why}": "non montré : {why}",
    "fewer than {n} patient(s)": "moins de {n} patient(s)",
    "{n} at risk, fewer than {k}": "{n} à risque, moins de {k}",
    "the number of another level could be worked out from it": "l'effectif d'une autre modalité s'en déduirait",
    "fewer than two levels that are shown": "moins de deux modalités montrées",
    "fewer than two levels with discordant pairs": "moins de deux modalités avec des paires discordantes",
    "all discordant pairs are of one kind": "toutes les paires discordantes sont du même sens",
    "fewer than two centres": "moins de deux centres",
    "fewer than two levels": "moins de deux modalités",
    "nobody has the event": "personne n'a l'événement",
    "everybody has the event": "tous ont l'événement",
    "one group": "un seul groupe",
    "{n} centre(s) of {of} not shown, as too small": "{n} centre(s|n) sur {of} non montré(s|n), car trop petit(s|n)",
    "all of them are tested": "tous entrent dans le test",
    "{n} of {of} centres have fewer than {k} expected, so that p is approximate": (
        "{n} centres sur {of} ont un effectif attendu inférieur à {k}, p est donc approché"
    ),
    "{n} of {of} levels have fewer than {k} expected, so that p is approximate": (
        "{n} modalités sur {of} ont un effectif attendu inférieur à {k}, p est donc approché"
    ),
    "{n} centre(s)": "{n} centre(s)",
    "{x} % of the spread is beyond chance": "{x} % de la dispersion dépasse le hasard",
    "Freeman-Halton, exact": "Freeman-Halton, exact",
    "Freeman-Halton, exact, {n} centre(s)": "Freeman-Halton, exact, {n} centre(s)",
    "Freeman-Halton, exact, of discordant pairs": "Freeman-Halton, exact, sur les paires discordantes",
    "Freeman-Halton, exact, of discordant pairs, two-sided, exploratory": (
        "Freeman-Halton, exact, sur les paires discordantes, bilatéral, exploratoire"
    ),
    "Freeman-Halton, exact, two-sided, exploratory": "Freeman-Halton, exact, bilatéral, exploratoire",
    "Higgins, from Pearson's chi-squared": "Higgins, à partir du khi-deux de Pearson",
    "log-rank": "log-rank",
    "log-rank, two-sided, exploratory": "log-rank, bilatéral, exploratoire",
    "{x} ({lo}-{hi}) against {level}": "{x} ({lo}-{hi}) contre {level}",
    "{x} ({lo}-{hi}), {level} against {other}": "{x} ({lo}-{hi}), {level} contre {other}",
    "the hazards of {level} and {other} differ": "les risques instantanés diffèrent entre {level} et {other}",
    "the hazards of the levels differ": "les risques instantanés des modalités diffèrent",
    "the proportions of the levels differ": "les proportions des modalités diffèrent",
    "the proportions of the centres differ": "les proportions des centres diffèrent",
    "the difference of the compartments is not the same in all levels": (
        "la différence des compartiments n'est pas la même dans toutes les modalités"
    ),
    "the hazard ratio of the compartments is not the same in all levels": (
        "le rapport des risques des compartiments n'est pas le même dans toutes les modalités"
    ),
}

INTERVALS = {
    "Aalen-Johansen, {method}": "Aalen-Johansen, {method}",
    "Turnbull (NPMLE)": "Turnbull (NPMLE)",
    "Kaplan-Meier of midpoints, {method}": "Kaplan-Meier des milieux, {method}",
    "{n} of {of} patient(s) have another status": "{n} patient(s) sur {of} avec un autre statut",
    "{x} (between {lo} and {hi})": "{x} (entre {lo} et {hi})",
    "the median lies in that interval, and the estimate is its middle": (
        "la médiane est dans cet intervalle, l'estimation en est le milieu"
    ),
    "the estimator gives no limits": "l'estimateur ne donne pas de limites",
    "the likelihood may still grow by {what} a patient": "la vraisemblance peut encore croître de {what} par patient",
    "other events compete, of which this method knows nothing": (
        "d'autres événements concourent, que cette méthode ignore"
    ),
    "nobody was followed so long": "personne n'a été suivi si longtemps",
    "the interval has no value at this incidence": "l'intervalle n'a pas de valeur à cette incidence",
}

GROWTH = {
    "{x} (quartiles {lo} to {hi}) % a month": "{x} (quartiles {lo} à {hi}) % par mois",
    "{n} patient(s) of {of} without a rate that counts": "{n} patient(s) sur {of} sans vitesse retenue",
    "nobody has a rate that counts": "personne n'a de vitesse retenue",
    "nobody has a rate that counts both before and under treatment": (
        "personne n'a de vitesse retenue à la fois avant et pendant le traitement"
    ),
    "slower in {n}, faster in {k} of {of}: {p}": "plus lente chez {n}, plus rapide chez {k} sur {of} : {p}",
    "exact sign test": "test des signes exact",
    "paired Wilcoxon test": "test de Wilcoxon apparié",
    "paired Wilcoxon test ({how})": "test de Wilcoxon apparié ({how})",
    "growth under treatment differs from growth before it in the same patients": (
        "la croissance sous traitement diffère de celle d'avant chez les mêmes patients"
    ),
    "off label: Choi is validated for GIST under imatinib": (
        "hors indication : Choi est validé pour les GIST sous imatinib"
    ),
    "no density, or not evaluable": "pas de densité, ou non évaluable",
}

COMPARED: dict[str, str] = PAIRED_TIMES | SUBGROUPS | INTERVALS | GROWTH
