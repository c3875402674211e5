"""What a filter, saved or not, would do to events that came in. Pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from ..flow.trace import Effect, Rule
from ..recent import Recent


@dataclass
class FilterTrial:
    """`shown` are (event, effect); the counts are over all events that were looked at."""

    shown: list[tuple[Recent, Effect]] = field(default_factory=list)
    counts: Counter = field(default_factory=Counter)
    looked_at: int = 0

    @property
    def dropped(self) -> int:
        return self.counts["dropped"] + self.counts["unanswered"]

    @property
    def unanswered(self) -> int:
        return self.counts["unanswered"]

    @property
    def changed(self) -> int:
        return self.counts["changed"]

    @property
    def kept(self) -> int:
        return self.looked_at - self.dropped


def try_filter(rule: Rule, counted: Iterable[Recent], shown: Iterable[Recent]) -> FilterTrial:
    """Return what `rule` would do: to each event of `shown`, and how often to those `counted`."""
    trial = FilterTrial([(each, rule.effect(each.event)) for each in shown])
    for each in counted:
        trial.counts[rule.effect(each.event).verdict] += 1
        trial.looked_at += 1
    return trial
