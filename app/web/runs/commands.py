"""The commands that a run's owner may send over a socket."""

from dataclasses import dataclass

from app.errors import N_, Conflict
from app.protocol.lines import ParameterEdit
from app.protocol.stream import ClientMessage, Edit, Pause, Play, Reset, RunLine, Step, Update
from app.web.edge.limits import Client
from app.web.runs.owners import Ownership
from app.web.runs.routes import apply_patch
from app.web.runs.services import RunServices


@dataclass(frozen=True)
class Commands:
    """Carries out the owner's commands on one run."""

    services: RunServices
    client: Client
    ownership: Ownership
    run_id: str

    async def admit(self) -> None:
        """Count a command against the client's limit. Raises: TooMany."""
        await self.services.limits.spend(self.client, "change")

    async def execute(self, message: ClientMessage) -> None:
        """Carry out a command. Raises: PlaygroundError: it is refused."""
        engine = self.services.engine
        match message:
            case Play(steps_per_second=steps_per_second):
                await engine.play(self.run_id, steps_per_second)
            case Pause():
                await engine.pause(self.run_id)
            case Step(count=count):
                await engine.step(self.run_id, count)
            case RunLine(count=count):
                await engine.lines(self.run_id, count)
            case Edit(name=name, index=index, value=value):
                await engine.edit(self.run_id, ParameterEdit(name=name, index=index, value=value))
            case Update(config=patch):
                await apply_patch(self.services, self.client, self.ownership, self.run_id, patch)
            case Reset():
                await engine.reset(self.run_id)
            case _:
                raise Conflict(N_("Hello was said before."))
