"""The results as an abstract would print them, written from the estimates, and what so many patients can show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ..endpoints.words import p_equals
from ..figures.language import label, number
from ..figures.names import RATES, progression_free
from .cells import asked, escape
from .headline import WHOLE_PATIENT, own, proportions, where
from .hidden import of_few
from .questions import of_estimate
from .sentences import sentence
from .texts import known, text

Tables = Mapping[str, pd.DataFrame]
Study = Mapping[str, Any]
EXACT = "McNemar, exact, two-sided"


def running(words: str) -> str:
    """Return a label as it stands inside a sentence: in lower case, unless it begins with an abbreviation."""
    return words if words[1:2].isupper() or words[1:2].isdigit() else words[:1].lower() + words[1:]


class Abstract:
    """Writes the paragraph of one study in one language.

    Parameters
    ----------
    tables : mapping of DataFrame
        ``cohort`` and ``estimates``.
    study : mapping
        The resolved study file.
    lang : str
        ``en`` or ``fr``, whichever the page is in.
    """

    def __init__(self, tables: Tables, study: Study, lang: str) -> None:
        self.tables, self.study, self.lang = tables, study, lang
        self.own = own(tables["estimates"], study)
        self.kinds = {e["id"]: e for e in study["endpoints"]}

    def sentences(self) -> list[str]:
        """Return the results, a sentence each, escaped for Markdown; none about which there is nothing to say."""
        written = [self._cohort(), self._follow_up(), *self._proportions(), *self._times()]
        return [s for s in written if s]

    def _say(self, key: str, **fields: str) -> str:
        return text(self.lang, f"abstract.{key}", **fields)

    def _endpoint(self, endpoint: str) -> str:
        return escape(label(self.kinds[endpoint].get("label"), self.lang, endpoint))

    def _where(self, compartment: str) -> str:
        return escape(running(where(compartment, self.study, self.lang)))

    def _join(self, parts: list[str]) -> str:
        return parts[0] if len(parts) == 1 else self._say("and", first=", ".join(parts[:-1]), last=parts[-1])

    def _interval(self, row: Mapping[Any, Any], times: float = 1.0) -> str:
        low, high = (
            number(times * row[c], self.lang, 1) if pd.notna(row[c]) else self._say("not_reached")
            for c in ("ci_low", "ci_high")
        )
        share = 100 * row["confidence"]
        confidence = number(share, self.lang, 0 if float(share).is_integer() else 1)
        return self._say("interval", confidence=confidence, low=low, high=high)

    def _cohort(self) -> str:
        cohort, population = self.tables["cohort"], self.study["population"]
        screened, included = len(cohort), int(cohort["included"].sum())
        criteria = [escape(label(c.get("label"), self.lang, c["id"])) for c in population["eligibility"]]
        about = {
            "population": escape(label(population.get("label"), self.lang)),
            "screened": asked(number(screened, self.lang), "cohort:all"),
            "included": asked(number(included, self.lang), "cohort:included"),
        }
        return self._say("cohort", criteria=self._join(criteria), **about) if criteria else self._say("all", **about)

    def _follow_up(self) -> str:
        rows = self.own[(self.own["statistic"] == "follow_up") & self.own["estimate"].notna()]
        rows = rows[rows["population"] == "included"]
        if rows.empty:
            return ""
        death = [e for e, about in self.kinds.items() if about.get("events") == ["death"]]
        chosen = rows[rows["endpoint"].isin(death)]
        row = (chosen if len(chosen) else rows).iloc[0].to_dict()
        return self._say("follow_up", months=number(row["estimate"], self.lang, 1), interval=self._interval(row))

    def _compartments(self, endpoint: str) -> list[str]:
        """Return the compartments to speak of: the parts of the disease, or the patient where there are none."""
        listed = self.kinds[endpoint].get("compartments") or []
        parts = [c for c in listed if c != WHOLE_PATIENT]
        return parts or listed

    def _proportions(self) -> list[str]:
        rows, written = proportions(self.tables["estimates"], self.study), []
        first = self.study["primary"]["endpoint"]
        order = [first, *(e for e in self.kinds if e != first)]
        for endpoint in (e for e in order if self.kinds[e]["kind"] in RATES and self.kinds[e]["kind"] != "density"):
            mine = rows[rows["endpoint"] == endpoint]
            listed = self._compartments(endpoint)
            mine = mine[mine["compartment"].isin(listed)] if listed else mine.head(1)
            if mine.empty:
                continue
            said = [self._proportion(row, bool(listed), i == 0) for i, row in enumerate(mine.to_dict("records"))]
            kind = "occurred" if self.kinds[endpoint]["kind"] == "complications" else "reached"
            compared = self._compared(endpoint, listed)
            written.append(
                self._say(kind, endpoint=self._endpoint(endpoint), rates=self._join(said), compared=compared)
            )
        return written

    def _proportion(self, row: Mapping[str, Any], named: bool, first: bool) -> str:
        hidden = of_few(row["denominator"], self.study, self.lang)
        if hidden:
            said = hidden
        else:
            k, n = (number(int(row[c]), self.lang) for c in ("numerator", "denominator"))
            key = "of_patients" if first else "of"
            if first and row["population"] == "symptomatic":
                key = "of_symptomatic"
            counts = asked(self._say(key, k=k if int(row["numerator"]) else self._say("none"), n=n), of_estimate(row))
            percent = number(100 * row["estimate"], self.lang, 1)
            said = self._say("share", counts=counts, percent=percent, interval=self._interval(row, 100))
        return self._say("where", said=said, compartment=self._where(row["compartment"])) if named else said

    def _compared(self, endpoint: str, listed: list[str]) -> str:
        """Return the comparison of two compartments in the same patients."""
        mine = self.own[(self.own["endpoint"] == endpoint) & self.own["compartment"].eq(" vs ".join(listed[:2]))]
        difference = mine[(mine["statistic"] == "paired_difference") & mine["estimate"].notna()]
        test = mine[(mine["statistic"] == "paired_test") & mine["p_value"].notna()]
        test = test[(test["method"] == EXACT) | (test["test"] == EXACT)]
        if difference.empty or test.empty or of_few(difference["denominator"].iloc[0], self.study, self.lang):
            return ""
        row, of = difference.iloc[0].to_dict(), test.iloc[0].to_dict()
        if not int(of["numerator"]):
            return ""
        points = number(100 * row["estimate"], self.lang, 1)
        p = escape(sentence(self.lang, p_equals(of["p_value"])))
        apart = number(int(of["numerator"]), self.lang)
        # The shares just said are of all included; where some were not judged in both, the difference is not theirs.
        shares = self.own[(self.own["endpoint"] == endpoint) & (self.own["statistic"] == "proportion")]
        shares = shares[shares["compartment"].isin(listed[:2]) & (shares["population"] == "included")]
        judged = int(row["denominator"])
        everybody = shares["denominator"].eq(judged).all()
        whom = self._say("the_same") if everybody else self._say("judged", n=number(judged, self.lang))
        return self._say("compared", whom=whom, points=points, interval=self._interval(row, 100), p=p, apart=apart)

    def _times(self) -> list[str]:
        free = progression_free(self.study)
        chosen = [
            e for e, about in self.kinds.items() if about.get("events") == ["death"] or (free and e == free["id"])
        ]
        chosen.sort(key=lambda e: bool(free and e != free["id"]))
        written = []
        for endpoint in chosen:
            mine = self.own[(self.own["endpoint"] == endpoint) & (self.own["population"] == "included")]
            listed = self._compartments(endpoint)
            named = listed != [WHOLE_PATIENT]
            said = [s for c in listed if (s := self._time(mine[mine["compartment"] == c], c, named))]
            if said:
                name = running(self._endpoint(endpoint))
                written.append(self._say("median", endpoint=name, medians=self._join(said)))
        return written

    def _time(self, rows: pd.DataFrame, compartment: str, named: bool) -> str:
        median = rows[(rows["statistic"] == "median") & (rows["method"] == self.study["statistics"]["km_interval"])]
        events = rows[rows["statistic"] == "events"]
        if median.empty or events.empty:
            return ""
        row, of = median.iloc[0].to_dict(), events.iloc[0].to_dict()
        hidden = of_few(of["denominator"], self.study, self.lang)
        if hidden:
            return self._say("where", said=hidden, compartment=self._where(compartment))
        k, n = (number(int(of[c]), self.lang) for c in ("numerator", "denominator"))
        counts = asked(self._say("events", k=k, n=n), of_estimate(of))
        median_words = self._say("not_reached")
        if pd.notna(row["estimate"]):
            median_words = self._say("months", months=number(row["estimate"], self.lang, 1))
        if pd.notna(row["ci_low"]) or pd.notna(row["ci_high"]):
            counts = self._say("interval_and", interval=self._interval(row), events=counts)
        said = self._say("median_of", median=median_words, about=counts)
        return self._say("where", said=said, compartment=self._where(compartment)) if named else said

    def can_show(self) -> list[str]:
        """Return what so many patients can and cannot show: of the hypothesis, its power, and of a rate of none."""
        primary, written = self.study["primary"], []
        mine = self.own[
            (self.own["endpoint"] == primary["endpoint"]) & self.own["compartment"].eq(primary["compartment"])
        ]
        tests = mine[(mine["statistic"] == "test") & mine[["reason", "denominator"]].notna().all(axis=1)]
        if len(tests):
            n = number(int(tests["denominator"].iloc[0]), self.lang)
            written.append(self._say("can_show", n=n, said=escape(sentence(self.lang, tests["reason"].iloc[0]))))
            power = [escape(sentence(self.lang, t)) for t in mine.loc[mine["statistic"] == "power", "text"]]
            if power:
                written.append(self._say("power", powers=self._join(power)))
        elif not primary.get("hypothesis"):
            written.append(self._say("no_hypothesis"))
        rows = proportions(self.tables["estimates"], self.study)
        for row in rows[(rows["numerator"] == 0) & (rows["compartment"] != WHOLE_PATIENT)].to_dict("records"):
            if row["denominator"] and not of_few(row["denominator"], self.study, self.lang):
                about = self._say(
                    "place",
                    endpoint=running(self._endpoint(row["endpoint"])),
                    compartment=self._where(row["compartment"]),
                )
                written.append(
                    self._say(
                        "none_seen", what=about, n=number(int(row["denominator"]), self.lang),
                        high=number(100 * row["ci_high"], self.lang, 1),
                        confidence=number(100 * row["confidence"], self.lang),
                        method=known(self.lang, "method", row["method"]),
                    )
                )  # fmt: skip
        return written


def abstract(tables: Tables, study: Study, lang: str) -> list[str]:
    """Return the results in `lang`, and what so many patients can show, each a paragraph of Markdown."""
    written = Abstract(tables, study, lang)
    return [" ".join(written.sentences()), " ".join(written.can_show())]


def abstracts(tables: Tables, study: Study, lang: str) -> str:
    """Return both paragraphs in the language of the page, and in the other one below them."""
    other = "fr" if lang == "en" else "en"
    heading = f"### {text(other, 'abstract.title')}"
    return "\n\n".join([*abstract(tables, study, lang), heading, *abstract(tables, study, other)])
