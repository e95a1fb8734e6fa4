"""`python -m app` without its sandbox, which takes longer to start than all else and stores nothing."""

from app.__main__ import main
from app.sandbox.client.sandbox import Sandbox


async def start(self: Sandbox) -> None:
    """Do nothing: no programs are run."""


if __name__ == "__main__":
    Sandbox.start = start  # type: ignore[method-assign]
    main()
