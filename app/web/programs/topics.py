"""`GET /api/topics`."""

from fastapi import APIRouter, Request

from app.protocol.confusions import Confusion, Confusions
from app.protocol.topics import TOPICS
from app.web.edge.openapi import problems
from app.web.edge.services import ClientDep, ServicesDep

router = APIRouter(tags=["calculator"])


@router.get("/api/topics", summary="What errors and warnings mean", responses=problems(429))
async def show(request: Request, services: ServicesDep, client: ClientDep) -> Confusions:
    """All messages that have an explanation, in the reader's language.

    A program's own messages are explained in its `Derivation`; these are for texts from elsewhere.
    """
    await services.limits.spend(client, "read")
    language = services.catalogue.of(request)
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
