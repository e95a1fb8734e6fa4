"""The commands that a run's owner may send over a socket."""

from dataclasses import dataclass

from app.engine.commands import command_of
from app.errors import N_, Conflict
from app.protocol.stream import ClientMessage, Hello, Update
from app.web.edge.limits import Client
from app.web.runs.registry import Ownership
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
        if isinstance(message, Hello):
            raise Conflict(N_("Hello was said before."))
        if isinstance(message, Update):
            await apply_patch(
                self.services,
                self.client,
                self.ownership,
                self.run_id,
                message.config,
                command_id=message.command_id,
            )
        else:
            await self.services.engine.ask(command_of(message, self.run_id))
