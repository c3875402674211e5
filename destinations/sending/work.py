"""A piece of work: what a shift takes from the books, and brings back done."""

from typing import NamedTuple

from sources.log import Entry

from ..models import Destination, Failure, Range
from ..plan import Plan


class Work(NamedTuple):
    """A chunk of a range, or failures that are due (`retries`, by (event, subscription))."""

    range: Range
    destination: Destination
    plan: Plan
    entries: list[tuple[Entry, int | None]]
    until: int  # the position when all of them have been taken
    retries: dict[tuple[int, int], Failure]

    @property
    def probing(self) -> bool:
        return self.range.setbacks > 0
