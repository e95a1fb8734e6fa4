"""Scheduler of all playing runs: paced runs step on time, full-speed runs share the time that is left."""

from collections import deque
from collections.abc import Callable, Hashable, Iterable, Sequence
from math import ceil, floor, inf

from app.protocol.snapshots import PackedSnapshot
from app.training.alone import Alone
from app.training.cohort import Cohort, form
from app.training.run import Run
from app.training.snapshots import blank_snapshot

SLICE = 0.004
"""Seconds of full-speed training between two looks at the commands, which bounds their delay."""
PACED_SHARE = 0.02
"""Seconds of paced steps before full-speed runs and commands get their turn."""
MAX_COHORT = 256
"""Most runs stepped in one call."""
MAX_WORK = 40_000_000
"""Most multiplications of parameters and points in one call: such a step takes a few milliseconds."""
GRID = 0.1
"""Seconds between the times at which slow runs may begin, so that many fall due together."""
MAX_LATENESS = 0.25
"""Seconds after which a paced group skips the steps it has missed, instead of hurrying for ever."""


class Group:
    """Playing runs that step at the same time: runs with equal settings and pace, or one comparison.

    Runs with equal settings form a cohort when they are next due.
    """

    def __init__(self, key: Hashable) -> None:
        self.key = key
        self.runs: dict[Run, None] = {}
        self._alike: dict[Hashable, list[Run]] = {}
        self._cohorts: dict[Hashable, Alone | Cohort] = {}

    def add(self, run: Run) -> None:
        """Add a run, which steps with the group from the next step on."""
        self.disband()
        self.runs[run] = None
        self._alike.setdefault(run.cohort_key, []).append(run)

    def remove(self, run: Run) -> None:
        """Remove a run, whose loop and trace are then up to date."""
        self.disband()
        del self.runs[run]
        for key, runs in list(self._alike.items()):
            if run in runs:
                runs.remove(run)
                if not runs:
                    del self._alike[key]

    def disband(self) -> None:
        """Disband all cohorts, so that the loops of all runs are up to date."""
        for key in list(self._cohorts):
            self._disband(key)

    def _disband(self, key: Hashable) -> None:
        cohort = self._cohorts.pop(key, None)
        if cohort is None:
            return
        try:
            cohort.disband()
        except Exception as error:
            # Where these runs stand is not known any more.
            for run in cohort.runs:
                run.break_down(error)

    def step(self) -> bool:
        """Step all runs. Returns whether all play on; a run that torch refuses to step fails."""
        going_on = True
        for key, runs in self._alike.items():
            try:
                going_on &= self._formed(key).step()
            except Exception as error:
                self._disband(key)
                step_apart(runs, error)
                going_on = False
        return going_on

    def bring_up_to_date(self, runs: set[Run]) -> None:
        """Bring the loops of some of the group's runs up to date. They play on together."""
        for key, cohort in list(self._cohorts.items()):
            if chosen := runs.intersection(cohort.runs):
                try:
                    cohort.bring_up_to_date(chosen)
                except Exception:
                    self._disband(key)

    def snapshots(self, runs: list[Run]) -> dict[Run, PackedSnapshot]:
        """Snapshots of some of the group's runs. A run of which none can be made breaks down."""
        wanted = set(runs)
        snapshots: dict[Run, PackedSnapshot] = {}
        for key, alike in self._alike.items():
            if chosen := wanted.intersection(alike):
                try:
                    snapshots |= self._formed(key).snapshots(chosen)
                except Exception:
                    self._disband(key)
                    snapshots |= {run: snapshot_alone(run) for run in chosen}
        return snapshots

    def hand_over(self) -> None:
        """Bring the traces of all runs up to date."""
        for cohort in self._cohorts.values():
            cohort.hand_over()

    def _formed(self, key: Hashable) -> Alone | Cohort:
        cohort = self._cohorts.get(key)
        if cohort is None:
            cohort = self._cohorts[key] = form(self._alike[key])
        return cohort


def step_apart(runs: Sequence[Run], error: Exception) -> None:
    """Repeat a step that failed for a cohort, one run at a time, so that only those at fault fail."""
    if len(runs) == 1:
        fail(runs[0], error)
        return
    for run in runs:
        if run.status != "playing":
            continue
        try:
            Alone(run).step()
        except Exception as own:
            fail(run, own)


def fail(run: Run, error: Exception) -> None:
    """End a run because of an error in its step: torch's, or one in this program."""
    if isinstance(error, RuntimeError | NameError) and run.status == "playing":
        run.fail(str(error))
    else:
        run.break_down(error)


def snapshot_alone(run: Run) -> PackedSnapshot:
    """The snapshot of a run whose loop is up to date. A run of which none can be made breaks down."""
    try:
        return Alone(run).snapshots()[run]
    except Exception as error:
        run.break_down(error)
        return blank_snapshot(run)


class PacedGroup(Group):
    """A group whose steps fall due at regular times.

    due: when the next step is to be taken, on the scheduler's clock.
    """

    def __init__(self, key: Hashable, interval: float, first_due: float) -> None:
        super().__init__(key)
        self.interval = interval
        self.due = first_due

    def passed(self, now: float) -> None:
        """Set `due` to the time of the next step, now that the one that was due is taken."""
        self.due += self.interval
        if now - self.due > MAX_LATENESS:
            self.due += ceil((now - self.due) / self.interval) * self.interval


class Scheduler:
    """Decides which runs step next. on_stop: called with each run that stopped playing by itself.

    n_steps: the steps that all runs have been asked to take so far.
    """

    def __init__(self, clock: Callable[[], float], on_stop: Callable[[Run], None]) -> None:
        self._clock = clock
        self._on_stop = on_stop
        self._paced: list[PacedGroup] = []
        self._full_speed: deque[Group] = deque()
        self._by_key: dict[Hashable, list[Group]] = {}
        self._group_of: dict[Run, Group] = {}
        self.n_steps = 0

    def add(self, run: Run) -> None:
        """Schedule a run whose status is "playing"."""
        group = self._full_speed_group(run) if run.steps_per_second is None else self._paced_group(run)
        group.add(run)
        self._group_of[run] = group

    def remove(self, run: Run) -> None:
        """Stop scheduling a run, if it was; its loop and trace are then up to date."""
        group = self._group_of.pop(run, None)
        if group is None:
            return
        group.remove(run)
        if group.runs:
            return
        if isinstance(group, PacedGroup):
            self._paced.remove(group)
        else:
            self._full_speed.remove(group)
        alike = self._by_key[group.key]
        alike.remove(group)
        if not alike:
            del self._by_key[group.key]

    def due(self) -> float:
        """When the next step is to be taken, on the clock; infinity if no run plays."""
        if self._full_speed:
            return 0.0
        return min((group.due for group in self._paced), default=inf)

    def run(self) -> bool:
        """Take the steps that are due, for about PACED_SHARE, and a slice of full-speed training.

        Returns whether any step was taken.
        """
        start = now = self._clock()
        busy = False
        for group in sorted(self._paced, key=lambda group: group.due):
            if group.due > now or now - start > PACED_SHARE:
                break
            group.passed(now)
            self._train(group, until=now)
            busy = True
            now = self._clock()
        if self._full_speed:
            self._fill_slice(now)
            busy = True
        return busy

    def hand_over(self, run: Run) -> None:
        """Bring a run's trace up to date."""
        if (group := self._group_of.get(run)) is not None:
            group.hand_over()
            self._drop_stopped(group)

    def bring_up_to_date(self, runs: set[Run]) -> None:
        """Bring the loops of some runs up to date, until their next step."""
        for group in {group for run in runs if (group := self._group_of.get(run)) is not None}:
            group.bring_up_to_date(runs)
            self._drop_stopped(group)

    def snapshots(self, runs: Iterable[Run]) -> dict[Run, PackedSnapshot]:
        """Snapshots of any runs, playing or not, as they are now."""
        by_group: dict[Group, list[Run]] = {}
        snapshots: dict[Run, PackedSnapshot] = {}
        for run in runs:
            group = self._group_of.get(run)
            if group is None:
                snapshots[run] = snapshot_alone(run)
            else:
                by_group.setdefault(group, []).append(run)
        for group, members in by_group.items():
            snapshots |= group.snapshots(members)
            self._drop_stopped(group)
        return snapshots

    def _fill_slice(self, start: float) -> None:
        share = SLICE / len(self._full_speed)
        now = start
        while self._full_speed and now < start + SLICE:
            group = self._full_speed[0]
            self._full_speed.rotate(-1)
            self._train(group, until=now + share)
            now = self._clock()

    def _train(self, group: Group, until: float) -> None:
        """Take at least one step, and further ones until that time or until a run stops."""
        clock, step = self._clock, group.step
        going_on, n_steps = step(), 1
        while going_on and clock() < until:
            going_on = step()
            n_steps += 1
        self.n_steps += n_steps * len(group.runs)
        if not going_on:
            self._drop_stopped(group)

    def _drop_stopped(self, group: Group) -> None:
        for run in [run for run in group.runs if run.status != "playing"]:
            self.remove(run)
            self._on_stop(run)

    def _full_speed_group(self, run: Run) -> Group:
        key = key_of(run)
        group = self._with_room(run, key)
        if group is None:
            group = Group(key)
            self._full_speed.append(group)
            self._by_key.setdefault(key, []).append(group)
        return group

    def _paced_group(self, run: Run) -> Group:
        assert run.steps_per_second is not None
        interval = 1 / run.steps_per_second
        phases = ceil(interval / GRID)
        tick = floor(self._clock() * phases / interval) + 1
        # All members of a comparison go in one group, even if a new phase begins while they are added.
        key = (key_of(run), interval, None if run.comparison else tick % phases)
        group = self._with_room(run, key)
        if group is None:
            group = PacedGroup(key, interval, first_due=tick * interval / phases)
            self._paced.append(group)
            self._by_key.setdefault(key, []).append(group)
        return group

    def _with_room(self, run: Run, key: Hashable) -> Group | None:
        room = MAX_COHORT if run.comparison else min(MAX_COHORT, max(1, MAX_WORK // run.work))
        return next((group for group in self._by_key.get(key, ()) if len(group.runs) < room), None)


def key_of(run: Run) -> Hashable:
    """Equal for playing runs that step at the same time if their pace is the same too."""
    return run.cohort_key if run.comparison is None else ("comparison", run.comparison)
