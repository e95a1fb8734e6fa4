"""Explanations of errors, warnings, checks and the ends of runs, in the reader's language.

The process that ran the program is not trusted: it names texts, and only texts of the catalogue are shown.
"""

from app.errors import N_, Invalid, Params
from app.protocol.explanation import Nudge
from app.protocol.gradients import Derivation, ProgramError, ProgramWarning, Remark
from app.protocol.runs import RunState
from app.protocol.topics import TOPICS, find
from app.web.edge.catalogue import Language

SEARCHED = 2000
"""Number of characters of a message in which its topic is searched for."""


class NoValues(Invalid):
    """A formula that failed. error: the reason, from an untrusted process."""

    def __init__(self, error: ProgramError) -> None:
        super().__init__("data.target", N_("The formula fails."))
        self.error = error

    def message(self, language: Language) -> str:
        """Torch's or Python's own words, and their explanation."""
        error = explained_error(self.error, language)
        ours = self.error.template is not None
        said = error.message if ours else f"{error.type}: {error.message}"
        said = said if said.endswith((".", "。")) else f"{said}."
        return " ".join(filter(None, (said, error.explanation, error.remedy)))


def explained(derivation: Derivation, language: Language) -> Derivation:
    """A derivation with explanations in the reader's language. Torch's and Python's texts stay English."""
    return derivation.model_copy(
        update={
            "error": derivation.error and explained_error(derivation.error, language),
            "warnings": [explained_warning(warning, language) for warning in derivation.warnings],
            "remarks": [explained_remark(remark, language) for remark in derivation.remarks],
            "nudge": [explained_nudge(nudge, language) for nudge in derivation.nudge],
        }
    )


def explained_error(error: ProgramError, language: Language) -> ProgramError:
    """An error of a program: the calculator's own translated, torch's and Python's explained if known."""
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
    """A warning of torch, explained if its topic is known."""
    changes = topic_texts(warning.topic, warning.params, warning.message, language)
    return warning.model_copy(update={**changes, "params": None})


def explained_remark(remark: Remark, language: Language) -> Remark:
    """What torch says nothing of, explained."""
    return remark.model_copy(
        update={**topic_texts(remark.topic, remark.params, "", language), "params": None}
    )


def explained_nudge(nudge: Nudge, language: Language) -> Nudge:
    """A check of a gradient, with the reason if it disagrees or could not be made."""
    texts = topic_texts(nudge.topic, nudge.params, "", language)
    both = [text for text in (texts["explanation"], texts["remedy"]) if text]
    return nudge.model_copy(update={"explanation": " ".join(both) or None, "params": None})


def explained_run(state: RunState, language: Language) -> RunState:
    """A run's state, with the reason for its end if it has ended."""
    if state.reason is None:
        return state
    changes = topic_texts(state.topic, state.params, state.error or "", language)
    return state.model_copy(update={**changes, "params": None})


def topic_texts(
    topic: str | None, params: Params | None, message: str, language: Language
) -> dict[str, str | None]:
    """The texts of the topic that is named, or else of the topic that the message belongs to."""
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
