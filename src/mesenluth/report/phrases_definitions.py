"""The phrases of the definitions of endpoints (`endpoints.definitions`), and their French.

Labels of the study file stand in them and are named by the page.
"""

from __future__ import annotations

DEFINITIONS: dict[str, str] = {
    "{who}: {what}": "{who} : {what}",
    "open in the abstract: {what}": "laissé ouvert par le résumé : {what}",
    "no {what} of {endpoint} in {where} is computed": "aucune {what} n'est calculée : {endpoint}, {where}",
    "the endpoint is not part of this study": "ce critère ne fait pas partie de l'étude",
    "{what} by RECIST 1.1, {confirmation}": "{what} selon RECIST 1.1, {confirmation}",
    "unconfirmed": "sans confirmation",
    "confirmed after at least {n} day(s)": "confirmée après au moins {n} jour(s)",
    "stable disease for at least {n} day(s)": "maladie stable pendant au moins {n} jour(s)",
    "best response up to progression": "meilleure réponse jusqu'à la progression",
    "best response up to progression or a new therapy": (
        "meilleure réponse jusqu'à la progression ou un nouveau traitement"
    ),
    "best response {n} to {k} days after the last administration": (
        "meilleure réponse de {n} à {k} jours après la dernière administration"
    ),
    "best response {n} to {k} days after the last administration or a new therapy": (
        "meilleure réponse de {n} à {k} jours après la dernière administration ou un nouveau traitement"
    ),
    "measured by the longest diameter": "mesure par le plus grand diamètre",
    "measured by the short axis": "mesure par le petit axe",
    "nodes measured by the short axis, all else by the longest diameter": (
        "ganglions mesurés par le petit axe, le reste par le plus grand diamètre"
    ),
    "each compartment measured by its own axis": "chaque compartiment mesuré par son axe",
    "as read by {reader}": "lecture : {reader}",
    "of all patients included": "parmi tous les patients inclus",
    "the highest Krenning score falls by at least {n} grade(s)": (
        "le score de Krenning le plus élevé baisse d'au moins {n} degré(s)"
    ),
    "with the same tracer": "avec le même traceur",
    "whatever the tracer": "quel que soit le traceur",
    "a symptom improves by at least {n} CTCAE grade(s) or resolves and none is worse": (
        "un symptôme s'améliore d'au moins {n} grade(s) CTCAE ou disparaît et aucun ne s'aggrave"
    ),
    "a symptom improves by at least {n} CTCAE grade(s) or resolves": (
        "un symptôme s'améliore d'au moins {n} grade(s) CTCAE ou disparaît"
    ),
    "at the best visit {n} to {k} days after day 0": "à la meilleure visite, de {n} à {k} jours après le jour 0",
    "symptoms: {what}": "symptômes : {what}",
    "attributed to the mesenteric disease": "attribués à la maladie mésentérique",
    "of patients with such a symptom at baseline": "parmi les patients ayant un tel symptôme à l'inclusion",
    "up to {n} day(s) after an administration": "jusqu'à {n} jour(s) après une administration",
    "from {origin} to {event}": "de {origin} à {event}",
    "the first administration": "la première administration",
    "the baseline scan": "l'examen initial",
    "progression ({where})": "la progression ({where})",
    "death": "le décès",
    "censored at the last record that shows the patient alive": "censure à la dernière preuve de vie",
    "deaths censor": "un décès censure",
    "a new therapy censors at the last adequate assessment before it": (
        "un nouveau traitement censure au dernier bilan évaluable qui le précède"
    ),
    "a new therapy censors at the last assessment of any kind before it": (
        "un nouveau traitement censure au dernier bilan, quel qu'il soit, qui le précède"
    ),
    "new therapies are ignored": "les nouveaux traitements sont ignorés",
    "a new therapy is an event": "un nouveau traitement est un événement",
    "progression of another compartment is ignored": "la progression d'un autre compartiment est ignorée",
    "progression of another compartment censors": "la progression d'un autre compartiment censure",
    "an event more than {n} day(s) after the last adequate assessment is censored there": (
        "un événement plus de {n} jour(s) après le dernier bilan évaluable y est censuré"
    ),
    "without an event censored at the last assessment of any kind": "sans événement, censure au dernier bilan",
    "an event counts without a baseline too": "un événement compte aussi sans bilan initial",
    "{method} {x} % CI": "IC à {x} % {method}",
    "months of {x} days": "mois de {x} jours",
    "abdominal pain": "douleur abdominale",
    "postprandial pain": "douleur postprandiale",
    "bloating": "ballonnement",
    "subocclusive episode": "épisode subocclusif",
    "weight loss": "perte de poids",
    "nausea": "nausées",
    "diarrhoea": "diarrhée",
    "flushing": "bouffées vasomotrices",
    "fatigue": "fatigue",
    "small intestinal obstruction": "occlusion du grêle",
    "mesenteric ischaemia": "ischémie mésentérique",
    "small intestinal perforation": "perforation du grêle",
    "gastrointestinal haemorrhage": "hémorragie digestive",
    "ileus": "iléus",
    "at the best visit {n} to {k} days after day 0 and before a new therapy": (
        "à la meilleure visite, de {n} à {k} jours après le jour 0 et avant un nouveau traitement"
    ),
    "not caused by carcinoid syndrome": "non dus au syndrome carcinoïde",
    "by the same kind of scan": "par le même type d'examen",
    "before a new therapy": "avant un nouveau traitement",
    "CTCAE v5.0 grade {n} or more": "grade {n} ou plus du CTCAE v5.0",
    "from {origin} to {event} or death": "de {origin} à {event} ou au décès",
    "from {origin} to death, {how}": "de {origin} au décès, {how}",
    "from {origin} ({answer}), of those who respond, to {event} or death": (
        "de {origin} ({answer}) à {event} ou au décès, chez les répondeurs"
    ),
    "from {origin} ({answer}), of those who respond, to {event}": (
        "de {origin} ({answer}) à {event}, chez les répondeurs"
    ),
    "from {origin} to the first response ({answer}), of all patients included": (
        "de {origin} à la première réponse ({answer}), chez tous les patients inclus"
    ),
    "CR or PR, unconfirmed": "CR ou PR, sans confirmation",
    "CR or PR that is confirmed later, its own date": "CR ou PR confirmée par la suite, à sa propre date",
    "the first response": "la première réponse",
    "entry in the registry": "l'entrée dans le registre",
    "progression and death compete": "la progression et le décès sont des événements concurrents",
    "progression and death censor": "la progression et le décès censurent",
    "deaths compete": "le décès est un événement concurrent",
    "progression of another compartment competes": (
        "la progression d'un autre compartiment est un événement concurrent"
    ),
    "calendar months": "mois calendaires",
    "whole patient": "patient entier",
    "investigator": "investigateur",
    "change of volume a month, 100 (exp(3 ln(D1/D0) / months) - 1), of the sum of target diameters, {which}": (
        "variation de volume par mois, 100 (exp(3 ln(D1/D0) / mois) \u2212 1), de la somme des diamètres des cibles,"
        " {which}"
    ),
    "change of the sum of target diameters a month, 100 (exp(ln(D1/D0) / months) - 1), {which}": (
        "variation par mois de la somme des diamètres des cibles, 100 (exp(ln(D1/D0) / mois) \u2212 1), {which}"
    ),
    "where all targets were measured at both times": "si toutes les cibles ont été mesurées aux deux dates",
    "of the targets measured at both times": "pour les cibles mesurées aux deux dates",
    "before: from the last suitable assessment before the baseline": (
        "avant : depuis le dernier bilan utilisable précédant le bilan initial"
    ),
    "before: from the last suitable assessment before the baseline, at most {n} day(s) before it": (
        "avant : depuis le dernier bilan utilisable précédant le bilan initial, de {n} jour(s) au plus"
    ),
    "early: from the baseline to the first assessment {n} to {k} days after day 0": (
        "précoce : du bilan initial au premier bilan réalisé {n} à {k} jours après le jour 0"
    ),
    "at least {n} day(s) between the two": "au moins {n} jour(s) entre les deux",
    "no method": "aucune méthode",
    "{answer} by Choi, off label: PR where the size fell by {x} % or the mean density by {y} %": (
        "{answer} selon Choi, hors indication : PR si la taille baisse de {x} % ou la densité moyenne de {y} %"
    ),
    "PD where the size grew by {x} % over the baseline without such a fall of the density, or by a new lesion": (
        "PD si la taille augmente de {x} % par rapport au bilan initial sans une telle baisse de densité, ou en cas de"
        " nouvelle lésion"
    ),
    "PD where the size grew by {x} % over the nadir without such a fall of the density, or by a new lesion": (
        "PD si la taille augmente de {x} % par rapport au nadir sans une telle baisse de densité, ou en cas de nouvelle"
        " lésion"
    ),
    "densities on {kind}": "densités sur {kind}",
    "densities on {kind} with contrast": "densités sur {kind} avec injection",
    "densities on {kind} not known to be without contrast": (
        "densités sur {kind}, sauf si l'absence d'injection est connue"
    ),
    "CT": "TDM",
    "PET-CT": "TEP-TDM",
    "MRI": "IRM",
    "the highest SUVmax falls by at least {x} % (EORTC 1999, made for FDG), {how}": (
        "la SUVmax la plus élevée baisse d'au moins {x} % (EORTC 1999, critères du FDG), {how}"
    ),
    "the highest SULpeak falls by at least {x} % and {y} SUL (PERCIST 1.0, made for FDG), {how}": (
        "le SULpeak le plus élevé baisse d'au moins {x} % et {y} unités SUL (PERCIST 1.0, critères du FDG), {how}"
    ),
    "CMR or PMR as the centre recorded it, {how}": "CMR ou PMR telle que le centre l'a saisie, {how}",
    "the investigator's global assessment says improved, at its best {n} to {k} days after day 0": (
        "amélioration selon l'évaluation globale de l'investigateur, la meilleure de {n} à {k} jours après le jour 0"
    ),
    "the investigator's global assessment says improved, at its best {n} to {k} days after day 0 and before a new"
    " therapy": (
        "amélioration selon l'évaluation globale de l'investigateur, la meilleure de {n} à {k} jours après le jour 0 et"
        " avant un nouveau traitement"
    ),
}
