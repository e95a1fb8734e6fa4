"""The programs that run live, as `app.main` made them."""

from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from app.web.programs.live import LivePrograms


async def programs_of(connection: HTTPConnection) -> LivePrograms:
    """Those of the application that a request or socket came to."""
    programs = connection.app.state.programs
    assert isinstance(programs, LivePrograms)
    return programs


ProgramsDep = Annotated[LivePrograms, Depends(programs_of)]
