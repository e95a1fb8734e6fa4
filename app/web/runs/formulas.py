"""Formulas in the settings of runs, evaluated in the sandbox."""

from app.protocol.data import Values
from app.protocol.gradients import ProgramError
from app.protocol.runs import RunConfig
from app.sandbox.client.sandbox import Sandbox
from app.web.edge.explanations import NoValues
from app.web.edge.limits import Client, Limits


class Formulas:
    """Evaluates formulas; each counts as a program of the client."""

    def __init__(self, sandbox: Sandbox, limits: Limits) -> None:
        self._sandbox = sandbox
        self._limits = limits

    async def values(
        self, config: RunConfig, client: Client, before: RunConfig | None = None
    ) -> Values | None:
        """The values of the settings' formula; None if there is none, or the same one as in `before`.

        Raises: NoValues: the formula fails. TooMany, Unavailable.
        """
        recipe = config.recipe
        if recipe is None or (before is not None and recipe == before.recipe):
            return None
        await self._limits.spend(client, "program")
        answer = await self._sandbox.evaluate(recipe, str(client))
        if isinstance(answer, ProgramError):
            raise NoValues(answer)
        return answer
