"""One run in the engine process, with what the engine remembers about it."""

from dataclasses import dataclass, field

from app.engine.commands import Rebuild
from app.training.memory import memory_of
from app.training.replay import Replay
from app.training.run import Run


@dataclass(frozen=True, slots=True)
class Told:
    """What the feed has last said of a run, and in which frame."""

    generation: int
    data_version: int
    version: int
    step: int
    n_lines: int
    frame: int


@dataclass(slots=True, eq=False)
class Hosted:
    """A run and its place in the engine.

    race: it and the runs that keep step with it, in the order they were made; itself alone for most.
    used: when one of them was last called. memory: bytes it may come to take.
    watched, told: whether the feed tells of it, and what it has told since it was asked to.
    steps_request: the `Steps` command that is answered when the run stands still.
    rebuild, replay: the `Rebuild` that is being carried out, and how far it is.
    forks: whether it is still on its way to the step that it goes on from.
    arrival: the `Arrive` command that is answered when it is there.
    """

    run: Run
    used: float
    race: list["Hosted"] = field(default_factory=list)
    memory: int = 0
    watched: bool = False
    told: Told | None = None
    steps_request: int | None = None
    rebuild: Rebuild | None = None
    replay: Replay | None = None
    forks: bool = False
    arrival: int | None = None

    @property
    def is_behind(self) -> bool:
        """Whether it is being trained again to where it is taken to be."""
        return self.rebuild is not None or self.forks

    def __post_init__(self) -> None:
        self.race.append(self)

    def measure(self) -> None:
        """Count anew what it may come to take; to be called when something was done to it."""
        self.memory = memory_of(self.run.config, self.run.log, self.run.history)

    @property
    def has_news(self) -> bool:
        """Whether the feed has something to tell."""
        run, told = self.run, self.told
        return (
            told is None
            or told.step != run.step
            or told.version != run.version
            or told.generation != run.generation
        )
