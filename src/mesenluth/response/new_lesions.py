"""New lesions: which are certain, which are not yet, and when each was first seen (RECIST 1.1, 4.3.5)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..reuse import reusable
from .arrays import Bools, Ints, smallest
from .readings import GONE, NEW, NOT_KNOWN, STATUS, Grid, Lesions
from .settings import Criteria
from .timepoints import Timepoints


@dataclass(frozen=True)
class NewLesions:
    """Lesions of role `new` at time points after baseline, one element each.

    `first_sight` is the day on which the finding was first seen without being seen gone since.
    """

    lesion: Ints
    timepoint: Ints
    certain: Bools
    uncertain: Bools
    dated_back: Bools
    not_assessed: Bools
    first_sight: Ints


@reusable
def follow(grid: Grid, lesions: Lesions, timepoints: Timepoints, criteria: Criteria) -> NewLesions:
    """Follow each new finding over its time points.

    A finding is uncertain where the reader calls it equivocal; where it is a node between normal and measurable (10 to
    under 15 mm) of which nothing but its size is stated: such a node is read again before it is called new; and where
    it is said to be a fragment of a lesion that is not there: a fragment is no new lesion (4.3.2).
    A node under 10 mm is normal. An uncertain finding that is certain later, without having been gone in between,
    was a new lesion from its first sight on. What was seen at baseline already is not new.
    """
    rank = timepoints.rank[grid.timepoint]
    new = (lesions.role[grid.lesion] == NEW) & grid.due
    read = grid.reading >= 0
    state = grid.state
    seen = new & read & (state != NOT_KNOWN) & (state != GONE)
    old = np.zeros(len(lesions.role), bool)
    old[grid.lesion[seen & (rank == 0)]] = True
    rows = np.flatnonzero(new & (rank > 0) & ~old[grid.lesion])

    owner, state, status = grid.lesion[rows], state[rows], grid.status[rows]
    seen = seen[rows]
    small_node = (
        lesions.as_node[owner]
        & np.isin(status, [STATUS["measured"], STATUS["too_small"]])
        & (grid.diameter[rows] < criteria.node_measurable_um)
    )
    uncertain = seen & ((status == STATUS["equivocal"]) | small_node | lesions.astray[owner])
    certain = seen & ~uncertain
    unknown = read[rows] & (state == NOT_KNOWN)
    gone = ~seen & ~unknown

    # A run of time points without one at which the finding was gone is one finding.
    run = np.cumsum(gone)
    run = np.cumsum(np.r_[True, (owner[1:] != owner[:-1]) | (run[1:] != run[:-1])]) - 1 if len(rows) else run
    size = int(run[-1]) + 1 if len(rows) else 0
    first = smallest(grid.day[rows][seen], run[seen], size)
    place = np.arange(len(rows))
    last_certain = -smallest(-place[certain], run[certain], size)
    dated_back = uncertain & (last_certain[run] > place) if len(rows) else uncertain
    return NewLesions(
        lesion=owner,
        timepoint=grid.timepoint[rows],
        certain=certain,
        uncertain=uncertain,
        dated_back=dated_back,
        not_assessed=unknown,
        first_sight=first[run] if len(rows) else place,
    )
