"""Formulas in the settings of runs, evaluated where strangers' programs are."""

from app.protocol.data import Values
from app.protocol.gradients import ProgramError
from app.protocol.runs import RunConfig
from app.sandbox.client.sandbox import Sandbox
from app.web.edge.explanations import NoValues
from app.web.edge.limits import Client, Limits


class Formulas:
    """Has them evaluated, as often as a client may run programs."""

    def __init__(self, sandbox: Sandbox, limits: Limits) -> None:
        self._sandbox = sandbox
        self._limits = limits

    async def values(
        self, config: RunConfig, client: Client, before: RunConfig | None = None
    ) -> Values | None:
        """What these settings' formula gives; None if they have none, or the same as the ones before.

        Raises: NoValues: it fails. TooMany, Unavailable.
        """
        recipe = config.recipe
        if recipe is None or (before is not None and recipe == before.recipe):
            return None
        await self._limits.spend(client, "program")
        answer = await self._sandbox.evaluate(recipe, str(client))
        if isinstance(answer, ProgramError):
            raise NoValues(answer)
        return answer
