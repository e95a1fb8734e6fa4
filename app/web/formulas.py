"""Formulas in the settings of runs, evaluated where strangers' programs are."""

from app.errors import N_, Invalid
from app.protocol.data import Values
from app.protocol.gradients import ProgramError
from app.protocol.runs import RunConfig
from app.sandbox.client import Sandbox
from app.web.catalogue import Language
from app.web.explanations import explained_error
from app.web.limits import Client, Limits


class NoValues(Invalid):
    """A formula that gives nothing to learn from. error: why, untrusted."""

    def __init__(self, error: ProgramError) -> None:
        super().__init__("data.target", N_("The formula fails."))
        self.error = error

    def told(self, language: Language) -> str:
        """Torch's or Python's own words, and what they mean."""
        error = explained_error(self.error, language)
        ours = self.error.template is not None
        said = error.message if ours else f"{error.type}: {error.message}"
        said = said if said.endswith((".", "。")) else f"{said}."
        return " ".join(filter(None, (said, error.explanation, error.remedy)))


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
