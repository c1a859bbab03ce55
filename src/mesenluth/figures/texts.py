"""Every word on a figure, in English and French."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import course_texts, forest_texts, quality_texts, sensitivity_texts
from .language import french, language, together

ENGLISH: dict[str, str] = {
    "notice.synthetic_published": "Synthetic data, built to match the published aggregates",
    "notice.synthetic": "Synthetic data",
    "notice.public": "Public test data",
    "whole_patient": "Whole patient",
    "n": "n = {n}",
    "flow.title": "Flow of patients",
    "flow.registry": "Patients in the registry",
    "flow.excluded": "Excluded: n = {n}",
    "flow.not_met": "criterion not met: {n}",
    "flow.unknown": "not known, data missing: {n}",
    "flow.included": "Included",
    "flow.evaluable": "evaluable: n = {n}",
    "flow.NED": "no disease at baseline: {n}",
    "flow.NE": "not evaluable: {n}",
    "flow.MISSING": "no assessment after baseline: {n}",
    "flow.no_reading": "no reading by {evaluator}: {n}",
    "flow.note": (
        "Criteria are counted one after the other; each patient is counted once, at the first criterion"
        " that is not known to be met. Evaluable: a best response other than “not evaluable”"
        " (reader: {evaluator})."
    ),
    "flow.alt": "Flow diagram of patients. {registry}: {total}. {steps} Included: {included}. {compartments}",
    "flow.alt.step": "{criterion}: {excluded} excluded ({unknown} of them because data are missing).",
    "flow.alt.compartment": "{compartment}: {evaluable} evaluable, {rest} not.",
    "flow.caption": "Flow of patients from the registry to the analysis, with the reason of each exclusion.",
    "waterfall.title": "{compartment}: best change from baseline",
    "waterfall.y": "Best change of the\nsum of diameters (%)",
    "waterfall.x": "Patients with a bar: {bars} of {included} included",
    "waterfall.empty": "No patient has a bar",
    "waterfall.new_lesion": "New lesion",
    "waterfall.new_lesion_note": "Marks below the bars: progression by a new lesion (n = {n}).",
    "waterfall.new_lesion_others": "Of these, progression by a new lesion: {n}.",
    "waterfall.response.CR": "complete response",
    "waterfall.response.PR": "partial response",
    "waterfall.response.SD": "stable disease",
    "waterfall.response.NON-CR/NON-PD": "non-CR/non-PD",
    "waterfall.response.PD": "progression",
    "waterfall.response.NE": "not evaluable",
    "waterfall.response.NED": "no disease at baseline",
    "waterfall.response.MISSING": "no assessment",
    "waterfall.thresholds": (
        "Dashed lines: {pr} from baseline (partial response) and {pd}; the increase that means progression is"
        " counted from the nadir, so the upper line is for orientation."
    ),
    "waterfall.colours": "Colour: best overall response ({confirmation}).",
    "waterfall.unconfirmed": "unconfirmed",
    "waterfall.confirmed": "confirmed",
    "waterfall.no_bar": "Without a bar (n = {n}): {reasons}.",
    "waterfall.no_bar.no_reading": "no reading by {evaluator} {n}",
    "waterfall.no_bar.no_baseline": "no baseline {n}",
    "waterfall.no_bar.no_targets": "no target lesion {n}",
    "waterfall.no_bar.no_assessment": "no assessment after baseline {n}",
    "waterfall.no_bar.no_sum": "targets never completely evaluated {n}",
    "waterfall.flat": "Squares on the line at 0: a change of less than {limit}.",
    "waterfall.cut": "Bars cut at {limit}: {n}; the largest is {largest}.",
    "waterfall.alt": (
        "Waterfall plot of {compartment}: one bar a patient, {bars} bars of {included} included patients, from"
        " {largest} to {smallest}. At or below {pr}: {low}; at or above {pd}: {high}. Best response: {responses}."
        " Progression by a new lesion: {new}. Without a bar: {none}."
    ),
    "waterfall.alt.empty": "Waterfall plot of {compartment}: no bar, of {included} included patients.",
    "waterfall.caption": (
        "{compartment}: best change from baseline of the sum of diameters up to progression, one bar a patient."
    ),
    "paired.title": "{first} and {second}: best change in the same patients",
    "paired.legend": "One line a patient, by where the patient responded",
    "paired.both": "in both",
    "paired.first_only": "{first} only",
    "paired.second_only": "{second} only",
    "paired.neither": "in neither",
    "paired.mark": "responder: {compartment}",
    "paired.n_responders": "responders: {n}",
    "paired.or": "or",
    "paired.responders": "Responder: best overall response {categories} ({confirmation}).",
    "paired.threshold": "Dashed line: {pr} from baseline.",
    "paired.beyond": "Triangles: beyond {high}, n = {n}; the largest is {largest}.",
    "paired.no_line": "Without a line, because a change is not known in one of the two: {n}.",
    "paired.no_line_responders": "Of these, responders: {n}.",
    "paired.empty": "No patient has a line",
    "paired.alt": (
        "Slope plot of the best change from baseline, {first} against {second}: {n} lines of {included} included"
        " patients. {first} from {first_low} to {first_high}, {second} from {second_low} to {second_high}."
        " Responders: {groups}."
    ),
    "paired.alt.empty": "Slope plot, {first} against {second}: no line, of {included} included patients.",
    "paired.caption": (
        "{first} against {second}: best change of the sum of diameters from baseline, one line a patient."
    ),
    "growth.title": "Tumour growth rate before and under treatment",
    "growth.before": "Before",
    "growth.early": "Under treatment",
    "growth.median": "median {value} %",
    "growth.slower": "Slower under treatment: {n} of {both}",
    "growth.none": "Without a rate: {n}",
    "growth.empty": "No patient has a rate",
    "growth.y.volume": "Growth rate\n(% of volume a month)",
    "growth.y.diameter": "Growth rate\n(% of diameter a month)",
    "growth.course.slower": "slower under treatment",
    "growth.course.faster": "faster under treatment",
    "growth.course.same": "unchanged",
    "growth.how": (
        "Before: from the last suitable assessment before the baseline to the baseline. Under treatment: from the"
        " baseline to the first assessment {low} to {high} days after day 0."
    ),
    "growth.targets.all": "Rates count where all targets were measured at both times.",
    "growth.targets.common": "Rates are of the targets measured at both times.",
    "growth.marks": "Lines: patients with both rates. Open circles: with one of them. Boxes: median and quartiles.",
    "growth.marks_many": "Lines: patients with both rates. Boxes: median and quartiles, of all with that rate.",
    "growth.beyond": "Triangles: beyond the axis, n = {n}; the furthest is {furthest} % a month.",
    "growth.regression": (
        "Tumours that grew fast by chance grow slower later without any treatment: the change alone does not measure"
        " what the treatment does."
    ),
    "growth.alt": "Growth rates of tumours, one line a patient from before the treatment to under it. {panels}",
    "growth.alt.panel": "{compartment}: {before}; {early}; {slower}.",
    "growth.alt.period": "{period} median {median} a month (quartiles {low} to {high}, n = {n})",
    "growth.alt.nobody": "{period} no patient with a rate",
    "growth.caption": "Tumour growth rate before and under treatment, by compartment, one line a patient.",
    "km.title": "Time to event",
    "km.y": "{endpoint} (%)",
    "km.x": "Months since {origin}",
    "km.origin.day_0": "day 0",
    "km.origin.first_administration": "first administration",
    "km.origin.baseline_scan": "baseline scan",
    "km.origin.registration": "registration",
    "km.origin.response": "first response",
    "km.at_risk": "At risk",
    "km.events": "events {events} of {n}",
    "km.months": "{value} months",
    "km.median": "median {median}",
    "km.median_interval": "median {median} ({confidence} CI {low} to {high})",
    "km.not_reached": "not reached",
    "km.event_free": "Free of the event",
    "km.empty": "No patient has a time",
    "km.band": "Bands: pointwise {confidence} confidence limits ({method}).",
    "km.competing": "Where other events compete, a curve is 1 minus the cumulative incidence of the event.",
    "km.ticks": "Vertical ticks: censored.",
    "km.thinned": "Where censored times lie close together, one tick stands for several.",
    "km.same_patients": (
        "The curves of compartments are those of the same patients; they are not independent and are not"
        " compared by a log-rank test."
    ),
    "km.alt": "Kaplan-Meier curves with numbers at risk. {panels}",
    "km.alt.panel": "{endpoint}: {curves}.",
    "km.caption": "Kaplan-Meier estimates of {endpoints}.",
    "cif.title": "Which event came first",
    "cif.y": "Cumulative incidence (%)",
    "cif.events": "first in {events} of {n}",
    "cif.at": "{value} at {months} months",
    "cif.at_interval": "{value} at {months} months ({confidence} CI {low} to {high})",
    "cif.cause.progression": "Progression",
    "cif.cause.response": "Response",
    "cif.cause.death": "Death",
    "cif.cause.new_therapy": "New therapy",
    "cif.cause.other_compartment_progression": "Progression elsewhere",
    "cif.adds_up": (
        "The incidences of a panel and the probability that nothing has happened yet add up to 100 %. At risk: of any"
        " of the events."
    ),
    "cif.alt": "Curves of cumulative incidence, one a cause, with numbers at risk. {panels}",
    "cif.caption": "Cumulative incidence of the first event: {endpoints}.",
    "published.title": "Published and computed",
    "published.item": "Item",
    "published.published": "Published",
    "published.computed": "Computed",
    "published.agrees": "Agrees",
    "published.definition": "Definition used",
    "published.yes": "yes",
    "published.no": "no",
    "published.summary": "Agree: {agree} of {all}.",
    "published.citation": "Published: {citation}.",
    "published.empty": "No published figure to compare with",
    "published.alt": "Table of published figures beside the computed ones. {rows} Agree: {agree} of {all}.",
    "published.alt.row": "{item}: published {published}, computed {computed}, agrees: {agrees}.",
    "published.caption": "Each published figure beside the one computed here, with the definition used.",
    "bland.title": "Two readers: sums of diameters beside each other",
    "bland.readers": "{a} (A) and {b} (B)",
    "bland.n": "Pairs: {n}, patients: {patients}",
    "bland.bias": "Mean difference {bias} mm",
    "bland.limits": "Limits of agreement {low} to {high} mm",
    "bland.no_limits": "Limits of agreement: too few to estimate",
    "bland.no_pairs": "No time point with both sums complete",
    "bland.x": "Mean of both sums (mm)",
    "bland.y": "A − B (mm)",
    "bland.empty": "No patient was read by two of the study's evaluators",
    "bland.empty_why": "Readers are compared where the lesions of a patient name two evaluators.",
    "bland.points": (
        "One point a time point at which both sums are complete; hollow: baseline. Solid line: mean difference. Dashed"
        " lines: limits of agreement, between which 95 % of differences lie."
    ),
    "bland.lines": "Bands: {confidence} confidence intervals ({method}).",
    "bland.more": "Further panels, not drawn: {n}.",
    "bland.alt": "Bland-Altman plots of the sums of diameters of two readers. {panels}",
    "bland.alt.panel": "{readers}, {compartment}: {said}.",
    "bland.caption": "Differences of the sums of diameters of two readers against the mean of both (Bland-Altman).",
}

FRENCH: dict[str, str] = {
    "notice.synthetic_published": "Données synthétiques, construites pour reproduire les agrégats publiés",
    "notice.synthetic": "Données synthétiques",
    "notice.public": "Données publiques de test",
    "whole_patient": "Patient entier",
    "n": "n = {n}",
    "flow.title": "Diagramme de flux des patients",
    "flow.registry": "Patients du registre",
    "flow.excluded": "Exclus : n = {n}",
    "flow.not_met": "critère non rempli : {n}",
    "flow.unknown": "inconnu, donnée manquante : {n}",
    "flow.included": "Inclus",
    "flow.evaluable": "évaluables : n = {n}",
    "flow.NED": "sans lésion à l'inclusion : {n}",
    "flow.NE": "non évaluables : {n}",
    "flow.MISSING": "sans évaluation après l'inclusion : {n}",
    "flow.no_reading": "sans lecture ({evaluator}) : {n}",
    "flow.note": (
        "Les critères sont comptés l'un après l'autre ; chaque patient est compté une fois, au premier critère"
        " dont on ne sait pas qu'il est rempli. Évaluable : meilleure réponse autre que « non évaluable »"
        " (lecteur : {evaluator})."
    ),
    "flow.alt": "Diagramme de flux. {registry} : {total}. {steps} Inclus : {included}. {compartments}",
    "flow.alt.step": "{criterion} : {excluded} exclus (dont {unknown} par donnée manquante).",
    "flow.alt.compartment": "{compartment} : {evaluable} évaluables, {rest} non.",
    "flow.caption": "Flux des patients, du registre à l'analyse, avec la raison de chaque exclusion.",
    "waterfall.title": "{compartment} : meilleure variation depuis l'inclusion",
    "waterfall.y": "Meilleure variation de la\nsomme des diamètres (%)",
    "waterfall.x": "Patients avec une barre : {bars} sur {included} inclus",
    "waterfall.empty": "Aucun patient n'a de barre",
    "waterfall.new_lesion": "Nouvelle lésion",
    "waterfall.new_lesion_note": "Marques sous les barres : progression par une nouvelle lésion (n = {n}).",
    "waterfall.new_lesion_others": "Parmi eux, progression par une nouvelle lésion : {n}.",
    "waterfall.response.CR": "réponse complète",
    "waterfall.response.PR": "réponse partielle",
    "waterfall.response.SD": "maladie stable",
    "waterfall.response.NON-CR/NON-PD": "non-CR/non-PD",
    "waterfall.response.PD": "progression",
    "waterfall.response.NE": "non évaluable",
    "waterfall.response.NED": "sans lésion à l'inclusion",
    "waterfall.response.MISSING": "sans évaluation",
    "waterfall.thresholds": (
        "Lignes tiretées : {pr} depuis l'inclusion (réponse partielle) et {pd} ; l'augmentation qui signifie une"
        " progression se compte depuis le nadir : la ligne du haut n'est qu'un repère."
    ),
    "waterfall.colours": "Couleur : meilleure réponse globale ({confirmation}).",
    "waterfall.unconfirmed": "non confirmée",
    "waterfall.confirmed": "confirmée",
    "waterfall.no_bar": "Sans barre (n = {n}) : {reasons}.",
    "waterfall.no_bar.no_reading": "sans lecture ({evaluator}) {n}",
    "waterfall.no_bar.no_baseline": "sans examen initial {n}",
    "waterfall.no_bar.no_targets": "sans lésion cible {n}",
    "waterfall.no_bar.no_assessment": "sans évaluation après l'inclusion {n}",
    "waterfall.no_bar.no_sum": "cibles jamais toutes évaluées {n}",
    "waterfall.flat": "Carrés sur la ligne de 0 : variation de moins de {limit}.",
    "waterfall.cut": "Barres coupées à {limit} : {n} ; la plus grande vaut {largest}.",
    "waterfall.alt": (
        "Diagramme en cascade, {compartment} : une barre par patient, {bars} barres pour {included} patients"
        " inclus, de {largest} à {smallest}. Au plus {pr} : {low} ; au moins {pd} : {high}. Meilleure réponse :"
        " {responses}. Progression par une nouvelle lésion : {new}. Sans barre : {none}."
    ),
    "waterfall.alt.empty": "Diagramme en cascade, {compartment} : aucune barre pour {included} patients inclus.",
    "waterfall.caption": (
        "{compartment} : meilleure variation de la somme des diamètres depuis l'inclusion, jusqu'à la progression,"
        " une barre par patient."
    ),
    "paired.title": "{first} et {second} : meilleure variation chez les mêmes patients",
    "paired.legend": "Une ligne par patient, selon le lieu de la réponse",
    "paired.both": "dans les deux",
    "paired.first_only": "seulement : {first}",
    "paired.second_only": "seulement : {second}",
    "paired.neither": "dans aucun",
    "paired.mark": "répondeur : {compartment}",
    "paired.n_responders": "répondeurs : {n}",
    "paired.or": "ou",
    "paired.responders": "Répondeur : meilleure réponse globale {categories} ({confirmation}).",
    "paired.threshold": "Ligne tiretée : {pr} depuis l'inclusion.",
    "paired.beyond": "Triangles : au-delà de {high}, n = {n} ; la plus grande vaut {largest}.",
    "paired.no_line": "Sans ligne, faute de variation connue dans l'un des deux : {n}.",
    "paired.no_line_responders": "Parmi eux, répondeurs : {n}.",
    "paired.empty": "Aucun patient n'a de ligne",
    "paired.alt": (
        "Diagramme en pentes de la meilleure variation depuis l'inclusion, {first} et {second} : {n} lignes pour"
        " {included} patients inclus. {first} de {first_low} à {first_high}, {second} de {second_low} à"
        " {second_high}. Répondeurs : {groups}."
    ),
    "paired.alt.empty": "Diagramme en pentes, {first} et {second} : aucune ligne pour {included} patients inclus.",
    "paired.caption": (
        "{first} et {second} : meilleure variation de la somme des diamètres depuis l'inclusion, une ligne par patient."
    ),
    "growth.title": "Vitesse de croissance tumorale avant et sous traitement",
    "growth.before": "Avant",
    "growth.early": "Sous traitement",
    "growth.median": "médiane {value} %",
    "growth.slower": "Plus lente sous traitement : {n} sur {both}",
    "growth.none": "Sans vitesse : {n}",
    "growth.empty": "Aucun patient n'a de vitesse",
    "growth.y.volume": "Vitesse de croissance\n(% de volume par mois)",
    "growth.y.diameter": "Vitesse de croissance\n(% de diamètre par mois)",
    "growth.course.slower": "plus lente sous traitement",
    "growth.course.faster": "plus rapide sous traitement",
    "growth.course.same": "inchangée",
    "growth.how": (
        "Avant : du dernier bilan utilisable avant l'inclusion à l'inclusion. Sous traitement : de l'inclusion au"
        " premier bilan {low} à {high} jours après le jour 0."
    ),
    "growth.targets.all": "Une vitesse compte si toutes les cibles ont été mesurées aux deux dates.",
    "growth.targets.common": "Les vitesses sont celles des cibles mesurées aux deux dates.",
    "growth.marks": (
        "Lignes : patients avec les deux vitesses. Cercles vides : avec une seule. Boîtes : médiane et quartiles."
    ),
    "growth.marks_many": (
        "Lignes : patients avec les deux vitesses. Boîtes : médiane et quartiles de tous ceux qui ont cette vitesse."
    ),
    "growth.beyond": "Triangles : au-delà de l'axe, n = {n} ; la plus éloignée vaut {furthest} % par mois.",
    "growth.regression": (
        "Une croissance rapide par hasard ralentit ensuite sans aucun traitement : la variation seule ne mesure pas"
        " l'effet du traitement."
    ),
    "growth.alt": (
        "Vitesses de croissance des tumeurs, une ligne par patient, d'avant le traitement à sous traitement. {panels}"
    ),
    "growth.alt.panel": "{compartment} : {before} ; {early} ; {slower}.",
    "growth.alt.period": "{period} médiane {median} par mois (quartiles {low} à {high}, n = {n})",
    "growth.alt.nobody": "{period} aucun patient avec une vitesse",
    "growth.caption": (
        "Vitesse de croissance tumorale avant et sous traitement, par compartiment, une ligne par patient."
    ),
    "km.title": "Délai jusqu'à l'événement",
    "km.y": "{endpoint} (%)",
    "km.x": "Mois depuis {origin}",
    "km.origin.day_0": "le jour 0",
    "km.origin.first_administration": "la première administration",
    "km.origin.baseline_scan": "l'examen initial",
    "km.origin.registration": "l'enregistrement",
    "km.origin.response": "la première réponse",
    "km.at_risk": "À risque",
    "km.events": "événements {events} sur {n}",
    "km.months": "{value} mois",
    "km.median": "médiane {median}",
    "km.median_interval": "médiane {median} (IC à {confidence} : {low} à {high})",
    "km.not_reached": "non atteinte",
    "km.event_free": "Sans événement",
    "km.empty": "Aucun patient n'a de délai",
    "km.band": "Bandes : limites de confiance ponctuelles à {confidence} ({method}).",
    "km.competing": (
        "Là où d'autres événements sont en concurrence, la courbe est 1 moins l'incidence cumulée de l'événement."
    ),
    "km.ticks": "Traits verticaux : censures.",
    "km.thinned": "Là où les censures sont serrées, un trait en représente plusieurs.",
    "km.same_patients": (
        "Les courbes des compartiments sont celles des mêmes patients ; elles ne sont pas indépendantes et ne"
        " sont pas comparées par un test du log-rank."
    ),
    "km.alt": "Courbes de Kaplan-Meier avec les effectifs à risque. {panels}",
    "km.alt.panel": "{endpoint} : {curves}.",
    "km.caption": "Estimations de Kaplan-Meier : {endpoints}.",
    "cif.title": "Premier événement survenu",
    "cif.y": "Incidence cumulée (%)",
    "cif.events": "premier événement chez {events} sur {n}",
    "cif.at": "{value} à {months} mois",
    "cif.at_interval": "{value} à {months} mois (IC à {confidence} : {low} à {high})",
    "cif.cause.progression": "Progression",
    "cif.cause.response": "Réponse",
    "cif.cause.death": "Décès",
    "cif.cause.new_therapy": "Nouveau traitement",
    "cif.cause.other_compartment_progression": "Progression ailleurs",
    "cif.adds_up": (
        "Les incidences d'un panneau et la probabilité que rien ne soit encore arrivé font ensemble 100 %. À risque :"
        " de tous ces événements."
    ),
    "cif.alt": "Courbes d'incidence cumulée, une par cause, avec les effectifs à risque. {panels}",
    "cif.caption": "Incidence cumulée du premier événement : {endpoints}.",
    "published.title": "Publié et calculé",
    "published.item": "Résultat",
    "published.published": "Publié",
    "published.computed": "Calculé",
    "published.agrees": "Concorde",
    "published.definition": "Définition employée",
    "published.yes": "oui",
    "published.no": "non",
    "published.summary": "Concordent : {agree} sur {all}.",
    "published.citation": "Publié : {citation}.",
    "published.empty": "Aucun résultat publié à comparer",
    "published.alt": "Tableau des résultats publiés et calculés. {rows} Concordent : {agree} sur {all}.",
    "published.alt.row": "{item} : publié {published}, calculé {computed}, concorde : {agrees}.",
    "published.caption": "Chaque résultat publié à côté de celui calculé ici, avec la définition employée.",
    "bland.title": "Deux lecteurs : sommes des diamètres côte à côte",
    "bland.readers": "{a} (A) et {b} (B)",
    "bland.n": "Paires : {n}, patients : {patients}",
    "bland.bias": "Différence moyenne {bias} mm",
    "bland.limits": "Limites d'agrément {low} à {high} mm",
    "bland.no_limits": "Limites d'agrément : trop peu de paires",
    "bland.no_pairs": "Aucune évaluation avec deux sommes complètes",
    "bland.x": "Moyenne des deux sommes (mm)",
    "bland.y": "A − B (mm)",
    "bland.empty": "Aucun patient n'a été lu par deux lecteurs de l'étude",
    "bland.empty_why": "Des lecteurs sont comparés là où les lésions d'un patient en nomment deux.",
    "bland.points": (
        "Un point par évaluation où les deux sommes sont complètes ; point creux : inclusion. Trait plein : différence"
        " moyenne. Traits tiretés : limites d'agrément, entre lesquelles se trouvent 95 % des différences."
    ),
    "bland.lines": "Bandes : intervalles de confiance à {confidence} ({method}).",
    "bland.more": "Autres panneaux, non dessinés : {n}.",
    "bland.alt": "Diagrammes de Bland et Altman des sommes des diamètres de deux lecteurs. {panels}",
    "bland.alt.panel": "{readers}, {compartment} : {said}.",
    "bland.caption": (
        "Différences des sommes des diamètres de deux lecteurs selon la moyenne des deux (Bland et Altman)."
    ),
}

PARTS = (
    {"en": ENGLISH, "fr": FRENCH},
    *({"en": m.ENGLISH, "fr": m.FRENCH} for m in (course_texts, forest_texts, quality_texts, sensitivity_texts)),
)
CATALOGUE: dict[str, dict[str, str]] = {
    lang: {k: together(french(w) if lang == "fr" else w) for part in PARTS for k, w in part[lang].items()}
    for lang in ("en", "fr")
}


def text(lang: str, key: str, **fields: Any) -> str:
    """Return the words called `key` in `lang`, with their fields filled in."""
    return CATALOGUE[lang][key].format(**fields)


def notice(study: Mapping[str, Any]) -> str:
    """Return what every figure says about the data; nothing where they are those of a registry."""
    lang, kind = language(study), study["study"].get("data", "registry")
    if kind == "synthetic":
        published = bool((study.get("published") or {}).get("items"))
        return text(lang, "notice.synthetic_published" if published else "notice.synthetic")
    return text(lang, "notice.public") if kind == "public" else ""
