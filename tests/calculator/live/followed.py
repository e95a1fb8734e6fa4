"""A program that is followed while it runs, in this process."""

from dataclasses import dataclass, field

from app.calculator.live.derivation import derive_live
from app.calculator.live.wire import Wire
from app.protocol.gradients import Derivation
from app.protocol.programs import CHILD_EVENT, ChildEvent, FigureShown, Printed, Rounds


@dataclass
class Followed:
    """What was told of a program."""

    program: str
    seed: int = 0
    events: list[ChildEvent] = field(default_factory=list)

    def __post_init__(self) -> None:
        wire = Wire(lambda body: self.events.append(CHILD_EVENT.validate_json(body, strict=True)))
        self.derivation: Derivation = derive_live(self.program, self.seed, wire)

    @property
    def printed(self) -> str:
        return "".join(event.text for event in self.events if isinstance(event, Printed))

    @property
    def figures(self) -> list[FigureShown]:
        return [event for event in self.events if isinstance(event, FigureShown)]

    def rounds(self, loop: int) -> list[Rounds]:
        return [event for event in self.events if isinstance(event, Rounds) and event.loop == loop]

    def column(self, loop: int, name: str) -> list[float | None]:
        """The values of a name, round by round."""
        messages = self.rounds(loop)
        place = messages[0].names.index(name)
        return [row.values[place] for message in messages for row in message.rows]
