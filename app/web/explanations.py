"""What a program's error means, in the reader's language.

The process that ran the program is not trusted: it names texts, and only texts of our own are shown for it.
"""

from app.protocol import topics
from app.protocol.gradients import Derivation, ProgramError
from app.web.catalogue import Language

SEARCHED = 2000
"""Characters of a message in which its topic is looked for."""


def explained(derivation: Derivation, language: Language) -> Derivation:
    """The same, with our own texts in the reader's language. torch's and Python's stay as they are."""
    if derivation.error is None:
        return derivation
    return derivation.model_copy(update={"error": explained_error(derivation.error, language)})


def explained_error(error: ProgramError, language: Language) -> ProgramError:
    """One error: our own refusals translated, torch's and Python's explained where there is a topic."""
    topic, explanation = error.topic, error.explanation and language.own(error.explanation)
    found = topics.find(error.message[:SEARCHED]) if error.template is None else None
    if found is not None:
        topic, fields = found
        texts = topics.TOPICS[topic]
        explanation = "\n".join(language.text(text, fields) for text in (texts.explanation, texts.remedy))
    message = error.message
    if error.template is not None:
        message = language.retold(error.message, error.template, error.params or {})
    changes = {
        "message": message,
        "topic": topic,
        "explanation": explanation,
        "template": None,
        "params": None,
    }
    return error.model_copy(update=changes)
