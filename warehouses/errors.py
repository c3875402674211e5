"""What can go wrong with a warehouse.

WarehouseError
├── UnknownKind        no connector has this slug
├── InvalidSchedule    a schedule that is none of "manual", "15m", "6h", "1d"
├── CheckFailed        a warehouse that cannot be used; the message says what to do
├── PositionMoved      somebody else moved the position of a pair while it was loaded
└── NotFound           no warehouse by that name, or more than one
"""


class WarehouseError(Exception):
    pass


class UnknownKind(WarehouseError):
    def __init__(self, kind: str, known: list[str]):
        self.kind = kind
        super().__init__(f"There is no warehouse kind “{kind}”. Known: {', '.join(known)}.")


class InvalidSchedule(WarehouseError):
    def __init__(self, text: str):
        self.text = text
        super().__init__(
            f"“{text}” is not a schedule. Write manual, or a number with m, h or d, such as 15m."
        )


class CheckFailed(WarehouseError):
    pass


class PositionMoved(WarehouseError):
    def __str__(self):
        return "The position of this source was changed while it was loaded; run the sync again."


class NotFound(WarehouseError):
    pass
