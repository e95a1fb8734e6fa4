"""`GET /api/topics`."""

from fastapi import APIRouter, Request

from app.protocol.confusions import Confusion, Confusions
from app.protocol.topics import TOPICS
from app.web.openapi import problems
from app.web.services import Caller, Using

router = APIRouter(tags=["calculator"])


@router.get("/api/topics", summary="What errors and warnings mean", responses=problems(429))
async def show(request: Request, using: Using, client: Caller) -> Confusions:
    """Every message there is an explanation for, in the reader's language.

    A program's own are explained in its `Derivation`; these are for texts from elsewhere.
    """
    await using.limits.spend(client, "read")
    language = using.catalogue.of(request)
    return Confusions(
        confusions=[
            Confusion(
                topic=key,
                explanation=language.own(topic.explanation),
                remedy=language.own(topic.remedy),
                patterns=[pattern.replace("(?P<", "(?<") for pattern in topic.patterns],
            )
            for key, topic in TOPICS.items()
            if topic.patterns
        ]
    )
