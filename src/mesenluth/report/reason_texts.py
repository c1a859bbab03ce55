"""Reasons in French; their English is in `response.reasons`."""

from __future__ import annotations

from ..figures.language import french

_RECORDS: dict[str, str] = {
    "agrees": "Enregistrée et calculée sont identiques.",
    "date_differs": "La catégorie est la même ; la date enregistrée est hors des dates de l'évaluation.",
    "duplicate_record": "La même réponse est enregistrée plusieurs fois ; la première est comparée.",
    "recorded_value_unknown": "La valeur enregistrée n'est pas une réponse de RECIST 1.1.",
    "not_computed": "Ce lecteur n'a lu aucune évaluation après l'inclusion à cette date.",
    "no_baseline": "Une catégorie est enregistrée sans examen initial auquel comparer.",
    "of_recorded_time_points": (
        "La meilleure réponse enregistrée découle des évaluations enregistrées ; ce sont elles qui diffèrent."
    ),
    "confirmation": "Concorde avec l'autre des deux meilleures réponses, avec ou sans confirmation.",
    "minimum_interval_ignored": "Concorde si une maladie stable compte dès qu'elle est vue.",
    "new_therapy_ignored": "Concorde si les évaluations après un autre traitement comptent, ou ne comptent plus.",
    "after_progression_counted": "Concorde si les évaluations après la progression comptent.",
    "stable_for_non_cr_non_pd": "Sans cible, non-CR/non-PD est enregistré comme SD, ou l'absence de lésion comme NE.",
    "nadir_ignored": (
        "L'augmentation part de la plus petite somme antérieure ; concorde avec la seule variation depuis l'inclusion."
    ),
    "float_threshold": "Un seuil est atteint exactement ; concorde avec un calcul en virgule flottante binaire.",
    "strict_threshold": "Un seuil est atteint exactement ; concorde s'il devait être dépassé.",
    "sticky_response": (
        "Concorde avec l'autre convention : une réponse partielle vaut jusqu'à la progression, ou non."
    ),
    "previous_as_nadir": "Concorde avec la variation depuis l'évaluation précédente, non depuis la plus petite somme.",
    "partial_nadir": "Concorde si une somme incomplète compte comme plus petite somme.",
    "unevaluated_as_zero": "Concorde si les cibles non évaluées comptent pour 0 mm.",
    "unevaluated_left_out": "Concorde si les cibles non évaluées ici sont retirées de toutes les sommes.",
    "unevaluated_carried_forward": "Concorde si les cibles non évaluées gardent leur dernière taille.",
    "too_small_as_zero": "Concorde si ce qui est trop petit pour être mesuré compte comme disparu.",
    "too_small_as_default": "Concorde si ce qui est trop petit a la taille par défaut, quoi qu'il soit écrit.",
    "too_small_not_evaluable": "Concorde si ce qui est trop petit pour être mesuré compte comme non évaluable.",
    "node_must_vanish": "Concorde si un ganglion ne compte comme disparu que lorsqu'il est absent.",
    "reappearance_ignored": "Concorde si une maladie revue après une réponse complète n'est pas une progression.",
    "reappearance_counted": "Concorde si une maladie revue après une réponse complète est une progression.",
    "equivocal_not_dated_back": "Une image douteuse a été confirmée ensuite ; concorde si la date ne remonte pas.",
    "new_lesion_ignored": "Concorde si les nouvelles lésions ne comptent pas.",
    "equivocal_counted": "Concorde si une nouvelle image douteuse compte comme nouvelle lésion.",
    "marker_ignored": "Concorde si les marqueurs tumoraux n'empêchent pas une réponse complète.",
    "unevaluated_nontarget_counts": "Concorde si une non-cible non évaluée rend l'ensemble NE.",
    "unevaluated_nontarget_ignored": "Concorde si les non-cibles non évaluées ne comptent pas.",
    "nontarget_ignored": "Concorde avec les cibles et les nouvelles lésions seules.",
    "nontarget_growth_counted": "Concorde si la croissance mesurée d'une non-cible est une progression.",
    "longest_diameter_used": "Concorde si chaque lésion est mesurée par son plus grand diamètre.",
    "short_axis_used": "Concorde si chaque lésion est mesurée par son petit axe.",
    "nodal_rule_used": "Concorde si les ganglions sont mesurés par le petit axe, le reste par le plus grand diamètre.",
    "absolute_increase_ignored": "Concorde si la progression ne demande que l'augmentation relative.",
    "relative_increase_ignored": "Concorde si la progression ne demande que l'augmentation absolue.",
    "compartment_response": "Concorde avec la réponse calculée d'un compartiment, non du patient.",
    "other_reader": "Concorde avec la réponse calculée d'un autre lecteur.",
    "assessment_before": "Concorde avec la réponse calculée de l'évaluation précédente.",
    "not_assessable_counted": "La réponse calculée est NE, et aucune façon essayée de compter le reste ne concorde.",
    "progression_not_found": "Progression enregistrée ; ni mesure, ni non-cible, ni nouvelle lésion ne la montre.",
    "other": "Les lectures donnent une autre catégorie, et aucun écart essayé ne concorde.",
}
_PROGRESSIONS: dict[str, str] = {
    "agrees": "Les deux sont identiques.",
    "date_convention": "La même évaluation, datée d'un autre de ses jours.",
    "not_recorded": "Aucune réponse n'est enregistrée pour l'évaluation de la progression calculée.",
}
_PAIRS: dict[str, str] = {
    "agrees": "Les deux lecteurs donnent la même réponse.",
    "baseline": "L'examen initial n'a pas de réponse.",
    "one_reader_only": "L'autre lecteur n'a pas d'évaluation ici.",
    "not_evaluable_by_one": "Un lecteur n'a pas pu l'évaluer.",
    "no_disease_by_one": "Un lecteur ne suit aucune lésion ici.",
    "new_lesion_by_one": "Une nouvelle lésion, vue par un seul lecteur, décide.",
    "nontarget_progression_by_one": "Les non-cibles ont progressé sans équivoque pour un seul lecteur.",
    "reappearance_by_one": "La maladie est revue après ce qu'un seul lecteur appelait réponse complète.",
    "different_targets": "Les cibles décident, et les lecteurs suivent des cibles de sites différents.",
    "threshold": "Les cibles décident, aux mêmes sites : les sommes sont de part et d'autre d'un seuil.",
    "nontarget": "Les cibles concordent ; les non-cibles décident.",
    "other": "Autre chose décide.",
}
_CLINICAL: dict[str, str] = {
    "agrees": "L'évaluation enregistrée et l'évaluation calculée concordent.",
    "duplicate_record": "Une évaluation de ce jour est enregistrée plus d'une fois.",
    "clinical_value_unknown": "La valeur enregistrée n'est pas une évaluation clinique globale.",
    "clinical_no_symptoms": "Aucun symptôme qui compte n'est enregistré ce jour-là, ou à l'inclusion.",
    "clinical_better_and_worse": "Un symptôme va mieux et un autre moins bien ; l'investigateur les a pesés autrement.",
    "clinical_grades_unchanged": "Aucun symptôme qui compte n'a changé de grade ; l'investigateur en a jugé autrement.",
    "clinical_grades_differ": "Les grades des symptômes qui comptent disent autre chose.",
}

FRENCH_REASONS = {key: french(words) for key, words in _RECORDS.items()}
FRENCH_PROGRESSION_REASONS = {key: french(words) for key, words in _PROGRESSIONS.items()}
FRENCH_PAIR_REASONS = {key: french(words) for key, words in _PAIRS.items()}
FRENCH_CLINICAL_REASONS = {key: french(words) for key, words in _CLINICAL.items()}
