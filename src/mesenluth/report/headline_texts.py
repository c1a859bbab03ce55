"""Words of the endpoints at a glance, of the paragraph of results, and of what is hidden."""

from __future__ import annotations

ENGLISH: dict[str, str] = {
    "abstract.title": "Results in brief",
    "abstract.cohort": (
        "{population}: {screened}, of whom {included} met every criterion ({criteria}) and were included."
    ),
    "abstract.all": "{population}: {screened}, of whom {included} were included.",
    "abstract.follow_up": "Median follow-up was {months} months ({interval}).",
    "abstract.reached": "{endpoint} was reached in {rates}{compared}.",
    "abstract.occurred": "{endpoint} occurred in {rates}{compared}.",
    "abstract.and": "{first} and {last}",
    "abstract.where": "{said} in the {compartment}",
    "abstract.none": "none",
    "abstract.of_patients": "{k} of {n} patients",
    "abstract.of_symptomatic": "{k} of {n} patients with symptoms at baseline",
    "abstract.of": "{k} of {n}",
    "abstract.share": "{counts} ({percent} %; {interval})",
    "abstract.interval": "{confidence} % CI {low} to {high}",
    "abstract.not_reached": "not reached",
    "abstract.the_same": "the same patients",
    "abstract.judged": "the {n} patients judged in both",
    "abstract.compared": (
        "; the difference in {whom} was {points} percentage points ({interval}; exact McNemar {p}, which"
        " rests on the {apart} in whom the two differ)"
    ),
    "abstract.median": "Median {endpoint} was {medians}.",
    "abstract.events": "{k} events in {n} patients",
    "abstract.months": "{months} months",
    "abstract.interval_and": "{interval}; {events}",
    "abstract.median_of": "{median} ({about})",
    "abstract.can_show": "What {n} patients can show: {said}.",
    "abstract.power": "The power was {powers}.",
    "abstract.no_hypothesis": (
        "The study states no hypothesis; what its number of patients can show stands in the intervals."
    ),
    "abstract.place": "{endpoint} in the {compartment}",
    "abstract.none_seen": (
        "That none of {n} showed {what} does not mean that none would: rates up to {high} % are compatible with it"
        " (upper limit, {method}, {confidence} %)."
    ),
    "responses.title": "Responses",
    "responses.endpoint": "Endpoint",
    "responses.population": "Patients",
    "times.title": "Times to event",
    "times.endpoint": "Endpoint",
    "times.compartment": "Compartment",
    "times.of": "Events",
    "times.median": "Median, months",
    "times.at": "Free of it at {months} months",
    "times.events": "{k} of {n}",
    "method.clopper-pearson": "Clopper-Pearson, exact",
    "method.wilson": "Wilson",
    "method.jeffreys": "Jeffreys",
    "method.mid-p": "mid-p",
    "method.agresti-coull": "Agresti-Coull",
    "manuscript.table": "Table {n}. {title}",
    "hidden.estimate": "not shown: fewer than {below} patients",
    "hidden.count": "fewer than {below}",
    "hidden.other": "not shown",
    "hidden.note": "Counts of 1 to {last} people are not shown, nor one that would tell them by subtraction.",
    "note.responses": (
        "Denominator: the number after the stroke, patients of the column Patients; who could not be judged counts as"
        " without a response. Method: {method}, {confidence} % intervals. A response is what the study file calls one:"
        " see Definitions in use."
    ),
    "note.times": (
        "Denominator: all included patients, and of durations of response those who responded. Method: Kaplan-Meier;"
        " {confidence} % intervals, {interval}. A time with fewer than {at_risk} at risk is not shown."
    ),
}

FRENCH: dict[str, str] = {
    "abstract.title": "Résultats en bref",
    "abstract.cohort": (
        "{population} : {screened}, dont {included} remplissaient chaque critère ({criteria}) et ont été inclus."
    ),
    "abstract.all": "{population} : {screened}, dont {included} ont été inclus.",
    "abstract.follow_up": "Le suivi médian était de {months} mois ({interval}).",
    "abstract.reached": "{endpoint} : {rates}{compared}.",
    "abstract.occurred": "{endpoint} : {rates}{compared}.",
    "abstract.and": "{first} et {last}",
    "abstract.where": "{said} pour « {compartment} »",
    "abstract.none": "aucun",
    "abstract.of_patients": "{k} des {n} patients",
    "abstract.of_symptomatic": "{k} des {n} patients symptomatiques à l'inclusion",
    "abstract.of": "{k} des {n}",
    "abstract.share": "{counts} ({percent} % ; {interval})",
    "abstract.interval": "IC à {confidence} % de {low} à {high}",
    "abstract.not_reached": "non atteinte",
    "abstract.the_same": "les mêmes patients",
    "abstract.judged": "les {n} patients évaluables dans les deux",
    "abstract.compared": (
        " ; la différence chez {whom} était de {points} points de pourcentage ({interval} ; McNemar exact"
        " {p}, qui repose sur les {apart} chez qui les deux diffèrent)"
    ),
    "abstract.median": "Médiane, {endpoint} : {medians}.",
    "abstract.events": "{k} événements chez {n} patients",
    "abstract.months": "{months} mois",
    "abstract.interval_and": "{interval} ; {events}",
    "abstract.median_of": "{median} ({about})",
    "abstract.can_show": "Ce que {n} patients peuvent montrer : {said}.",
    "abstract.power": "La puissance était de {powers}.",
    "abstract.no_hypothesis": (
        "L'étude ne pose pas d'hypothèse ; ce que son effectif peut montrer est dans les intervalles."
    ),
    "abstract.place": "{endpoint}, {compartment}",
    "abstract.none_seen": (
        "Qu'aucun des {n} n'ait eu le résultat « {what} » ne veut pas dire qu'aucun ne l'aurait : des taux jusqu'à"
        " {high} % restent compatibles (limite supérieure, {method}, {confidence} %)."
    ),
    "responses.title": "Réponses",
    "responses.endpoint": "Critère de jugement",
    "responses.population": "Patients",
    "times.title": "Délais jusqu'à événement",
    "times.endpoint": "Critère de jugement",
    "times.compartment": "Compartiment",
    "times.of": "Événements",
    "times.median": "Médiane, mois",
    "times.at": "Sans événement à {months} mois",
    "times.events": "{k} sur {n}",
    "method.clopper-pearson": "Clopper-Pearson, exact",
    "method.wilson": "Wilson",
    "method.jeffreys": "Jeffreys",
    "method.mid-p": "mid-p",
    "method.agresti-coull": "Agresti-Coull",
    "manuscript.table": "Tableau {n}. {title}",
    "hidden.estimate": "non montré : moins de {below} patients",
    "hidden.count": "moins de {below}",
    "hidden.other": "non montré",
    "hidden.note": (
        "Les effectifs de 1 à {last} personnes ne sont pas montrés, ni celui qui les trahirait par soustraction."
    ),
    "note.responses": (
        "Dénominateur : le nombre après la barre, patients de la colonne Patients ; qui n'a pu être jugé compte sans"
        " réponse. Méthode : {method}, intervalles à {confidence} %. Une réponse est ce que le fichier d'étude appelle"
        " ainsi : voir Définitions en vigueur."
    ),
    "note.times": (
        "Dénominateur : tous les patients inclus, et pour les durées de réponse les répondeurs. Méthode :"
        " Kaplan-Meier ; intervalles à {confidence} %, {interval}. Un délai avec moins de {at_risk} patients à risque"
        " n'est pas montré."
    ),
}
