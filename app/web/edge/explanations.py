"""What errors, warnings, checks and the ends of runs mean, in the reader's language.

The process that ran the program is not trusted: it names texts, and only texts of our own are shown for it.
"""

from app.errors import N_, Invalid, Params
from app.protocol.explanation import Nudge
from app.protocol.gradients import Derivation, ProgramError, ProgramWarning
from app.protocol.runs import RunState
from app.protocol.topics import TOPICS, find
from app.web.edge.catalogue import Language

SEARCHED = 2000
"""Characters of a message in which its topic is looked for."""


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


def explained(derivation: Derivation, language: Language) -> Derivation:
    """The same, with our own texts in the reader's language. torch's and Python's stay as they are."""
    return derivation.model_copy(
        update={
            "error": derivation.error and explained_error(derivation.error, language),
            "warnings": [explained_warning(warning, language) for warning in derivation.warnings],
            "nudge": [explained_nudge(nudge, language) for nudge in derivation.nudge],
        }
    )


def explained_error(error: ProgramError, language: Language) -> ProgramError:
    """Our own refusals translated; torch's and Python's errors explained where there is a topic."""
    if error.template is not None:
        changes = {
            "message": language.retold(error.message, error.template, error.params or {}),
            "explanation": error.explanation and language.own(error.explanation),
            "remedy": error.remedy and language.own(error.remedy),
        }
    else:
        changes = topic_texts(error.topic, error.params, error.message, language)
    return error.model_copy(update={**changes, "template": None, "params": None})


def explained_warning(warning: ProgramWarning, language: Language) -> ProgramWarning:
    """Torch's words, and what they mean where there is a topic."""
    changes = topic_texts(warning.topic, warning.params, warning.message, language)
    return warning.model_copy(update={**changes, "params": None})


def explained_nudge(nudge: Nudge, language: Language) -> Nudge:
    """A check, and why it disagrees or could not be made."""
    texts = topic_texts(nudge.topic, nudge.params, "", language)
    both = [text for text in (texts["explanation"], texts["remedy"]) if text]
    return nudge.model_copy(update={"explanation": " ".join(both) or None, "params": None})


def explained_run(state: RunState, language: Language) -> RunState:
    """A run, and why it ended if it has."""
    if state.reason is None:
        return state
    changes = topic_texts(state.topic, state.params, state.error or "", language)
    return state.model_copy(update={**changes, "params": None})


def topic_texts(
    topic: str | None, params: Params | None, message: str, language: Language
) -> dict[str, str | None]:
    """The texts of the topic that was named, or else of the one that the message belongs to."""
    if topic is None and (found := find(message[:SEARCHED])):
        topic, params = found
    texts = TOPICS.get(topic or "")
    nothing = {"topic": topic, "explanation": None, "remedy": None}
    if texts is None:
        return nothing
    try:
        filled = [language.text(text, params or {}) for text in (texts.explanation, texts.remedy)]
    except (LookupError, ValueError):
        return nothing
    return {"topic": topic, "explanation": filled[0], "remedy": filled[1]}
