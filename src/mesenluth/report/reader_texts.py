"""Words of the sections on records and readers, in English and French."""

from __future__ import annotations

ENGLISH: dict[str, str] = {
    "disagreements.intro": (
        "Recorded responses are never used; each is compared with the computed one. {agree} of {all} agree. A reason is"
        " named only where the response, computed under it, is the recorded one. Record by record, with both values and"
        " dates: `response/*/response_disagreements.parquet`."
    ),
    "disagreements.empty": "The registry holds no recorded response to compare with.",
    "disagreements.kind": "Response",
    "disagreements.evaluator": "Reader",
    "disagreements.agrees": "Agrees",
    "disagreements.reason": "Reason",
    "disagreements.n": "Number",
    "disagreements.moved": "Recorded → computed",
    "disagreements.meaning": "What it means",
    "kind.overall": "overall",
    "kind.target": "targets",
    "kind.nontarget": "non-targets",
    "kind.best": "best",
    "kind.confirmed_best": "best, confirmed",
    "kind.clinical": "clinical assessment",
    "progressions.title": "First progression, recorded and computed",
    "progressions.intro": (
        "One patient and reader is counted once. Days: recorded date minus computed date, median and range."
    ),
    "progressions.evaluator": "Reader",
    "progressions.verdict": "Progression",
    "progressions.n": "Patients",
    "progressions.days": "Days apart",
    "progressions.range": "{middle} ({low} to {high})",
    "progressions.reason": "Reason",
    "progressions.meaning": "What it means",
    "verdict.same_date": "both, on the same day",
    "verdict.none": "neither",
    "verdict.other_date": "both, on different days",
    "verdict.recorded_only": "recorded only",
    "verdict.computed_only": "computed only",
    "readers.title": "Readers against each other",
    "readers.empty": "No patient was read by two of the study's evaluators: there are no readers to compare.",
    "readers.intro": (
        "Each reader's responses are computed from that reader's own measurements, baseline and nadir."
        " Differences are reader A minus reader B; dates too: a negative number of days says that A was first."
        " Intervals allow for several time points of one patient. Time point by time point:"
        " `response/*/reader_pairs.parquet`."
    ),
    "readers.pair": "{a} (A) and {b} (B)",
    "readers.compartment": "Compartment",
    "readers.response": "Response",
    "readers.timepoint_response": "at each time point",
    "readers.best_response": "best, unconfirmed",
    "readers.confirmed_response": "best, confirmed",
    "readers.pairs": "Pairs (patients)",
    "readers.counted": "{pairs} ({n})",
    "readers.observed_agreement": "Same response",
    "readers.kappa": "Cohen's kappa",
    "readers.kappa_linear": "Kappa, linear weights",
    "readers.kappa_quadratic": "Kappa, quadratic weights",
    "readers.remark": "Remark",
    "readers.what": "Sum of diameters",
    "readers.baseline_sum": "at baseline",
    "readers.sum": "at baseline and after",
    "readers.change_percent": "change from baseline",
    "readers.bias": "Mean difference",
    "readers.limit_low": "Lower limit of agreement",
    "readers.limit_high": "Upper limit of agreement",
    "readers.concordance": "Lin's concordance",
    "readers.intraclass": "ICC(2,1)",
    "readers.neither": "No progression by either",
    "readers.only_a": "By A only",
    "readers.only_b": "By B only",
    "readers.a_first": "A first",
    "readers.b_first": "B first",
    "readers.same_day": "Same day",
    "readers.median_days": "Days between, median",
    "readers.differences": "Why they differ at a time point:",
    "readers.no_difference": "They differ at no time point.",
    "readers.reason": "Reason",
    "readers.n": "Time points",
    "readers.meaning": "What it means",
}

FRENCH: dict[str, str] = {
    "disagreements.intro": (
        "Les réponses enregistrées ne servent jamais au calcul ; chacune est comparée à la réponse calculée."
        " {agree} sur {all} concordent. Une raison n'est nommée que si la réponse calculée selon elle est celle"
        " enregistrée. Ligne par ligne, avec les deux valeurs et les deux dates :"
        " `response/*/response_disagreements.parquet`."
    ),
    "disagreements.empty": "Le registre ne contient aucune réponse enregistrée à comparer.",
    "disagreements.kind": "Réponse",
    "disagreements.evaluator": "Lecteur",
    "disagreements.agrees": "Concorde",
    "disagreements.reason": "Raison",
    "disagreements.n": "Nombre",
    "disagreements.moved": "Enregistrée → calculée",
    "disagreements.meaning": "Signification",
    "kind.overall": "globale",
    "kind.target": "cibles",
    "kind.nontarget": "non-cibles",
    "kind.best": "meilleure",
    "kind.confirmed_best": "meilleure, confirmée",
    "kind.clinical": "évaluation clinique",
    "progressions.title": "Première progression, enregistrée et calculée",
    "progressions.intro": (
        "Un patient est compté une fois par lecteur. Jours : date enregistrée moins date calculée, médiane et étendue."
    ),
    "progressions.evaluator": "Lecteur",
    "progressions.verdict": "Progression",
    "progressions.n": "Patients",
    "progressions.days": "Écart en jours",
    "progressions.range": "{middle} ({low} à {high})",
    "progressions.reason": "Raison",
    "progressions.meaning": "Signification",
    "verdict.same_date": "les deux, le même jour",
    "verdict.none": "aucune",
    "verdict.other_date": "les deux, à des jours différents",
    "verdict.recorded_only": "enregistrée seulement",
    "verdict.computed_only": "calculée seulement",
    "readers.title": "Lecteurs entre eux",
    "readers.empty": "Aucun patient n'a été lu par deux lecteurs de l'étude : il n'y a pas de lecteurs à comparer.",
    "readers.intro": (
        "Les réponses de chaque lecteur sont calculées à partir de ses propres mesures, de son propre examen initial et"
        " de son propre nadir. Les différences sont lecteur A moins lecteur B ; les dates aussi : un nombre de jours"
        " négatif dit que A était le premier. Les intervalles tiennent compte des évaluations répétées d'un patient."
        " Évaluation par évaluation : `response/*/reader_pairs.parquet`."
    ),
    "readers.pair": "{a} (A) et {b} (B)",
    "readers.compartment": "Compartiment",
    "readers.response": "Réponse",
    "readers.timepoint_response": "à chaque évaluation",
    "readers.best_response": "meilleure, non confirmée",
    "readers.confirmed_response": "meilleure, confirmée",
    "readers.pairs": "Paires (patients)",
    "readers.counted": "{pairs} ({n})",
    "readers.observed_agreement": "Même réponse",
    "readers.kappa": "Kappa de Cohen",
    "readers.kappa_linear": "Kappa, poids linéaires",
    "readers.kappa_quadratic": "Kappa, poids quadratiques",
    "readers.remark": "Remarque",
    "readers.what": "Somme des diamètres",
    "readers.baseline_sum": "à l'inclusion",
    "readers.sum": "à l'inclusion et après",
    "readers.change_percent": "variation depuis l'inclusion",
    "readers.bias": "Différence moyenne",
    "readers.limit_low": "Limite d'agrément inférieure",
    "readers.limit_high": "Limite d'agrément supérieure",
    "readers.concordance": "Concordance de Lin",
    "readers.intraclass": "CCI(2,1)",
    "readers.neither": "Pas de progression",
    "readers.only_a": "Par A seul",
    "readers.only_b": "Par B seul",
    "readers.a_first": "A d'abord",
    "readers.b_first": "B d'abord",
    "readers.same_day": "Le même jour",
    "readers.median_days": "Écart en jours, médiane",
    "readers.differences": "Pourquoi ils diffèrent à une évaluation :",
    "readers.no_difference": "Ils ne diffèrent à aucune évaluation.",
    "readers.reason": "Raison",
    "readers.n": "Évaluations",
    "readers.meaning": "Signification",
}
