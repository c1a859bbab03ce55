"""Responses of the whole patient counted otherwise, from the computed tables alone.

Each recount changes one step of RECIST 1.1, as records are found to do, and leaves the others as they are. All
arguments are the time points of the whole patient, in the order of patient, evaluator and time point.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..tables.results import CATEGORIES
from .arrays import FAR, Bools, Ints, any_before, smallest, smallest_before, strings, take, text
from .compartments import DEFAULT_AXIS
from .recist import CR, NE, NED, NON, NONE, PD, PR, SD, is_partial_response, is_progression, overall_response
from .settings import Criteria

SERIES = ["patient_id", "evaluator"]
_NAMES = strings(list(CATEGORIES))


def codes(names: pd.Series) -> Ints:
    """Return categories as their position in `CATEGORIES`, -1 where missing."""
    return pd.Categorical(names.astype(object), categories=list(CATEGORIES)).codes.astype(np.int64)


def _micrometres(values: pd.Series) -> Ints:
    """Return mm as whole micrometres, `FAR` where missing."""
    known = values.notna().to_numpy()
    return np.where(known, np.rint(values.fillna(0).to_numpy(dtype=float) * 1000).astype(np.int64), FAR)


class Recount:
    """The time points of the whole patient as numbers, and what they give if a step is done otherwise."""

    def __init__(
        self,
        points: pd.DataFrame,
        changes: pd.DataFrame,
        lesions: pd.DataFrame,
        compartments: Sequence[Mapping[str, Any]],
        criteria: Criteria,
    ) -> None:
        self.points = points.sort_values([*SERIES, "timepoint"], kind="stable", ignore_index=True)
        p, self.criteria = self.points, criteria
        self.group = p.groupby(SERIES, sort=False).ngroup().to_numpy()
        self.sum, self.base, self.nadir = (_micrometres(p[c]) for c in ("sum_mm", "baseline_mm", "nadir_mm"))
        self.complete = p["sum_complete"].fillna(False).to_numpy(dtype=bool)
        self.target, self.nontarget, self.overall = (
            codes(p[f"{k}_response"]) for k in ("target", "nontarget", "overall")
        )
        self.new = p["new_lesion"].to_numpy(dtype=bool)
        self.rule = p["rule"].fillna("").astype(object)
        self.back = (self.rule == "overall.pd.reappearance").to_numpy(dtype=bool)
        self.dated_back = (self.rule == "new_lesion.dated_back").to_numpy(dtype=bool)
        self.unassessed = (self.rule == "overall.ne.new_lesion_not_assessed").to_numpy(dtype=bool)
        self.no_baseline = (self.rule == "overall.ne.no_baseline").to_numpy(dtype=bool)
        self._readings = self._of_targets(changes, lesions, compartments)

    def _of_targets(
        self, changes: pd.DataFrame, lesions: pd.DataFrame, compartments: Sequence[Mapping[str, Any]]
    ) -> pd.DataFrame:
        """Return the readings of targets: series, lesion, timepoint, size (micrometres, -1 if none), gone."""
        rows = changes[changes["role"] == "target"]
        series = self.points[SERIES].drop_duplicates().reset_index(drop=True)
        rows = rows.merge(series.assign(group=np.arange(len(series))), on=SERIES)
        axis = rows["compartment"].map({c["id"]: c.get("measure_axis", DEFAULT_AXIS) for c in compartments})
        as_node = rows["nodal"].to_numpy(dtype=bool) & (axis.fillna(DEFAULT_AXIS) != "longest").to_numpy(dtype=bool)
        size = _micrometres(rows["diameter_mm"])
        size = np.where(size == FAR, -1, size)
        gone = rows["status"].isin(["absent", "merged"]).to_numpy(dtype=bool)
        gone |= as_node & (size >= 0) & (size < self.criteria.node_normal_um)
        linked = lesions[(lesions["split_from"].notna() | lesions["merged_into"].notna()).to_numpy(dtype=bool)]
        return pd.DataFrame(
            {
                "group": rows["group"].to_numpy(), "lesion": pd.factorize(rows["lesion_id"])[0],
                "timepoint": rows["timepoint"].to_numpy(), "size": size, "gone": gone & (size >= 0),
                "linked": rows["patient_id"].isin(linked["patient_id"]).to_numpy(),
            }
        )  # fmt: skip

    def recounts(self) -> Iterator[tuple[str, pd.DataFrame]]:
        """Yield each deviation and the time points under it: target, non-target and overall response replaced."""
        yield from self._of_the_nadir()
        yield from self._of_floats()
        yield from self._of_the_unevaluated()
        yield from self._of_the_rest()

    # ---- how responses are put together ----

    def frame(self, target: Ints, overall: Ints, nontarget: Ints | None = None) -> pd.DataFrame:
        """Return the time points with other responses."""
        if self.criteria.pr_sticky:
            parts = self.group * (len(target) + 1) + np.cumsum(target == PD)
            held = (target == SD) & any_before((target == CR) | (target == PR), parts)
            target, overall = np.where(held, PR, target), np.where(held & (overall == SD), PR, overall)
        given = {"target": target, "overall": overall, "nontarget": self.nontarget if nontarget is None else nontarget}
        return self.points.assign(**{f"{k}_response": text(take(_NAMES, v)) for k, v in given.items()})

    def whole(
        self, target: Ints, *, nontarget: Ints | None = None, new: Bools | None = None, back: Bools | None = None
    ) -> Ints:
        """Return the overall response of other responses of its parts."""
        none = np.zeros(len(target), bool)
        overall, _ = overall_response(
            has_baseline=~self.no_baseline,
            target=target,
            target_rule=np.full(len(target), NONE),
            nontarget=self.nontarget if nontarget is None else nontarget,
            new_lesion=self.new if new is None else new,
            dated_back=none,
            not_assessed=self.unassessed,
        )
        return np.where(self.back if back is None else back, PD, overall)

    def by_sum(self, total: Ints, base: Ints, nadir: Ints, known: Bools) -> Ints:
        """Return the target response of sums that are known; as computed where they are not, and where CR."""
        c = self.criteria
        total, base, nadir = (np.where(known, v, 0) for v in (total, base, nadir))
        grown, shrunk = (
            is_progression(total, nadir, c.pd_increase, c.pd_increase_um),
            is_partial_response(total, base, c.pr_decrease),
        )
        return np.where(known, np.select([grown, shrunk], [PD, PR], SD), self.target)

    def _judged(self) -> Bools:
        return self.complete & (self.base != FAR) & np.isin(self.target, [PR, SD, PD])

    # ---- deviations ----

    def _of_the_nadir(self) -> Iterator[tuple[str, pd.DataFrame]]:
        judged = self._judged()
        target = self.by_sum(self.sum, self.base, self.base, judged)
        yield "nadir_ignored", self.frame(target, self.whole(target))
        complete = np.where(self.complete, self.sum, FAR)
        place = np.where(self.complete, np.arange(len(complete)), -1)
        last = pd.Series(place).groupby(self.group).cummax().groupby(self.group).shift(1, fill_value=-1).to_numpy()
        previous = np.where(last >= 0, complete[last], self.base) if len(complete) else self.base
        target = self.by_sum(self.sum, self.base, previous, judged)
        yield "previous_as_nadir", self.frame(target, self.whole(target))
        every = np.minimum(smallest_before(self.sum, self.group), self.base)
        target = self.by_sum(self.sum, self.base, every, judged)
        yield "partial_nadir", self.frame(target, self.whole(target))

    def _of_floats(self) -> Iterator[tuple[str, pd.DataFrame]]:
        judged, c = self._judged() & (self.nadir != FAR), self.criteria
        total, base, nadir = (np.where(judged, v, 1000) / 1000 for v in (self.sum, self.base, self.nadir))
        up, down, least = float(c.pd_increase) / 100, float(c.pr_decrease) / 100, c.pd_increase_um / 1000
        with np.errstate(divide="ignore", invalid="ignore"):
            ways = (
                (((total - nadir) / nadir >= up), ((total - base) / base <= -down)),
                ((total >= nadir * (1 + up)), (total <= base * (1 - down))),
            )
        for grown, shrunk in ways:
            said = np.select([grown & (total - nadir >= least), shrunk], [PD, PR], SD)
            target = np.where(judged, said, self.target)
            yield "float_threshold", self.frame(target, self.whole(target))

    def _of_the_unevaluated(self) -> Iterator[tuple[str, pd.DataFrame]]:
        followed = (self.points["targets"] > 0).to_numpy(dtype=bool)
        some = followed & ~self.complete & (self.base != FAR) & (self.nadir != FAR) & (self.target == NE)
        at = pd.DataFrame({"group": self.group, "timepoint": self.points["timepoint"], "row": np.arange(len(some))})
        rows = self._readings.merge(at, on=["group", "timepoint"], how="left")
        here = rows[rows["row"].notna() & (rows["size"] >= 0)].astype({"row": "int64"})
        left = np.bincount(here.loc[~here["gone"], "row"], minlength=len(some))
        target = self.by_sum(np.where(self.sum == FAR, 0, self.sum), self.base, self.nadir, some)
        target = np.where(some & (left == 0), CR, target)
        yield "unevaluated_as_zero", self.frame(target, self.whole(target))
        whole = ~np.isin(self.group, self._readings.loc[self._readings["linked"], "group"])
        target = self._left_out(here[~here["linked"]], some & whole, left)
        yield "unevaluated_left_out", self.frame(target, self.whole(target))
        target = self._carried(at, some & whole)
        yield "unevaluated_carried_forward", self.frame(target, self.whole(target))

    def _left_out(self, here: pd.DataFrame, some: Bools, left: Ints) -> Ints:
        """Return the target response if only the targets evaluated now are summed, now and before."""
        now = here[some[here["row"].to_numpy()]] if len(here) else here
        before = self._readings.rename(columns={"timepoint": "earlier", "size": "was"})[
            ["group", "lesion", "earlier", "was"]
        ]
        both = now.merge(before[before["was"] >= 0], on=["group", "lesion"])
        both = both[both["earlier"] < both["timepoint"]]
        sums = both.groupby(["row", "earlier"])["was"].agg(["sum", "size"]).reset_index()
        number = np.bincount(now["row"], minlength=len(some))
        sums = sums[sums["size"].to_numpy() == number[sums["row"].to_numpy()]]
        row, was = sums["row"].to_numpy(), sums["sum"].to_numpy(dtype=np.int64)
        first = (sums["earlier"] == 0).to_numpy()
        base, nadir = smallest(was[first], row[first], len(some)), smallest(was, row, len(some))
        known = some & (base != FAR) & (number > 0)
        target = self.by_sum(np.where(self.sum == FAR, 0, self.sum), base, nadir, known)
        return np.where(known & (left == 0), CR, target)

    def _carried(self, at: pd.DataFrame, some: Bools) -> Ints:
        """Return the target response if a target that was not evaluated keeps its last size."""
        lesions = self._readings[["group", "lesion"]].drop_duplicates()
        start = at.drop_duplicates("group").assign(timepoint=0, row=-1)
        grid = lesions.merge(pd.concat([start, at], ignore_index=True), on="group")
        grid = grid.merge(self._readings, on=["group", "lesion", "timepoint"], how="left")
        grid = grid.sort_values(["group", "lesion", "timepoint"], kind="stable")
        known = grid["size"].fillna(-1) >= 0
        for column in ("size", "gone"):
            values = grid[column].astype("float64").where(known)
            grid[column] = values.groupby([grid["group"], grid["lesion"]]).ffill()
        later = grid[grid["row"] >= 0]
        row = later["row"].to_numpy(dtype=np.int64)
        size = len(some)
        unknown = np.bincount(row, weights=later["size"].isna().to_numpy(), minlength=size) > 0
        total = np.bincount(row, weights=later["size"].fillna(0).to_numpy(), minlength=size).astype(np.int64)
        left = np.bincount(row, weights=(later["gone"].fillna(0) == 0).to_numpy(), minlength=size)
        filled = some & ~unknown
        nadir = np.minimum(smallest_before(np.where(unknown, FAR, total), self.group), self.base)
        target = self.by_sum(total, self.base, nadir, filled)
        return np.where(filled & (left == 0), CR, target)

    def _of_the_rest(self) -> Iterator[tuple[str, pd.DataFrame]]:
        none, unread = np.zeros(len(self.target), bool), self.nontarget == NE
        plain = {NON: SD, NED: NE}
        renamed = [np.select([c == k for k in plain], list(plain.values()), c) for c in (self.target, self.overall)]
        yield "stable_for_non_cr_non_pd", self.frame(renamed[0], renamed[1])
        yield "reappearance_ignored", self.frame(self.target, self.whole(self.target, back=none))
        yield "new_lesion_ignored", self.frame(self.target, self.whole(self.target, new=none))
        undated = self.new & ~self.dated_back
        yield "equivocal_not_dated_back", self.frame(self.target, self.whole(self.target, new=undated))
        doubt = self.new | self.points["equivocal_lesion"].to_numpy(dtype=bool)
        yield "equivocal_counted", self.frame(self.target, self.whole(self.target, new=doubt))
        counted = np.where(unread & (self.overall != PD), NE, self.overall)
        yield "unevaluated_nontarget_counts", self.frame(self.target, counted)
        has_targets = self.target != NONE
        without = np.where(unread & has_targets, NONE, self.nontarget)
        yield "unevaluated_nontarget_ignored", self.frame(self.target, self.whole(self.target, nontarget=without))
        without = np.where(has_targets, NONE, self.nontarget)
        yield "nontarget_ignored", self.frame(self.target, self.whole(self.target, nontarget=without))
        same = self.points.groupby(SERIES, sort=False)
        before = {c: same[c].shift(1) for c in ("target_response", "nontarget_response", "overall_response")}
        yield "assessment_before", self.points.assign(**before)
