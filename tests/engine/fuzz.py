"""Random commands on many runs of a host, with the web process's ledger beside it, and deaths at any moment.

`python -m tests.engine.fuzz SEED COMMANDS` does more of what the suite does a little of.
"""

import sys
from collections.abc import Iterator
from itertools import count
from random import Random
from typing import Any

import torch
from pydantic import ValidationError

from app.engine.client.ledger import Ledger
from app.engine.client.mirror import RunMirror
from app.engine.commands import (
    AnyCommand,
    Create,
    Delete,
    Edit,
    EngineOptions,
    Fork,
    GetLog,
    GetLosses,
    GetNorms,
    GetSnapshot,
    GetSnapshots,
    Inspect,
    Lines,
    Pause,
    Play,
    Request,
    Reset,
    SaveWeights,
    Steps,
    TakeSnapshot,
    Unwatch,
    Update,
    Watch,
)
from app.engine.reports import Feed, Gone, Noted, Reply, Saved
from app.engine.worker.feed import FeedWriter
from app.engine.worker.host import Host
from app.errors import Invalid
from app.frames import frame
from app.protocol.lines import ParameterEdit
from app.protocol.lookback import SnapshotsQuery
from app.protocol.optimizers import MIN_RATE
from app.protocol.patches import patched
from app.protocol.runs import RunConfig
from app.settings import Settings
from app.store.store import Store
from app.training.alone import Alone
from app.training.catch_up import CatchUp
from app.training.run import Run
from tests.training.device import DEVICE

OPTIONS = EngineOptions(
    device=DEVICE.type,
    max_runs=24,
    run_memory=10**7,
    runs_memory=10**9,
    run_retention=1e9,
    snapshots_per_second=60,
)
TINY = 5e-324
ACTIVATIONS = ["ReLU", "Tanh", "Sigmoid", "LeakyReLU", "ELU", "GELU", "SiLU", "Softplus", "Identity"]


class RandomSettings:
    """Random settings, extreme ones among them. width: of the hidden layers, by which runs are told apart."""

    def __init__(self, random: Random) -> None:
        self._random = random

    def optimizer(self) -> dict[str, Any]:
        pick, name = self._random.choice, self._random.choice(["SGD", "Adam", "AdamW", "RMSprop", "Adagrad"])
        chosen: dict[str, Any] = {"name": name, "lr": pick([MIN_RATE, 0.01, 0.05, 0.2, 1.0, 1000.0])}
        chosen["weight_decay"] = pick([0.0, 0.0, TINY, 0.01, 1000.0])
        if name in ("SGD", "RMSprop"):
            chosen["momentum"] = pick([0.0, TINY, 0.9, 1.0])
        if name != "SGD":
            chosen["eps"] = pick([0.0, TINY, 1e-8, 1.0])
        if name in ("Adam", "AdamW"):
            chosen |= {"betas": pick([[0.9, 0.999], [0.0, 0.0], [TINY, 0.5]]), "amsgrad": pick([False, True])}
        return chosen

    def scheduler(self) -> dict[str, Any] | None:
        return self._random.choice(
            [
                None,
                None,
                {"name": "StepLR", "step_size": self._random.randint(1, 9), "gamma": 0.5},
                {"name": "ExponentialLR", "gamma": self._random.choice([MIN_RATE, 0.99, 10.0])},
                {"name": "CosineAnnealingLR", "T_max": 7},
                {"name": "MultiStepLR", "milestones": [2, 2, 9]},
                {"name": "LinearLR", "start_factor": MIN_RATE},
            ]
        )

    def data(self) -> dict[str, Any]:
        random = self._random
        data: dict[str, Any] = {
            "unsqueeze_x": random.random() > 0.1,
            "unsqueeze_y": random.random() > 0.1,
            "test_fraction": random.choice([0.0, 0.3]),
            "scale_x": random.random() < 0.2,
        }
        if random.random() < 0.4:
            far = random.choice([1.0, TINY, 1e6])
            n = random.choice([4, 30])
            points = [[random.uniform(-far, far), random.uniform(-far, far)] for _ in range(n)]
            return {**data, "points": points}
        return {
            **data,
            "target": random.choice(["parabola", "sine", "gap", "step"]),
            "n_samples": random.choice([20, 50]),
            "noise": random.choice([0.0, TINY, 0.1]),
        }

    def loop(self) -> dict[str, bool]:
        lines = ("forward", "loss", "zero_grad", "backward", "step")
        return {line: self._random.random() > 0.12 for line in lines}

    def model(self, width: int) -> dict[str, Any]:
        pick = self._random.choice
        init = pick(["default", "default", "ones_", "zeros_", "normal_", "orthogonal_", "kaiming_uniform_"])
        hidden = [width] * pick([1, 1, 2])
        return {"hidden": hidden, "activation": pick(ACTIVATIONS), "init": init}

    def part(self, name: str, width: int) -> Any:
        random = self._random
        match name:
            case "optimizer" | "scheduler" | "data" | "loop":
                return getattr(self, name)()
            case "model":
                return self.model(width)
            case "seed":
                return random.randrange(100)
            case "loss":
                return random.choice(["MSELoss", "L1Loss", "SmoothL1Loss", "HuberLoss"])
            case "batch_size":
                return random.choice([None, None, 1, 7, 20])
            case "max_steps":
                return random.choice([1, 5, 40, 150])
            case "stop_loss":
                return random.choice([None, None, TINY, 0.02])
        raise AssertionError(name)

    PARTS = (
        "seed", "data", "model", "loss", "optimizer", "scheduler", "batch_size", "loop", "max_steps",
        "stop_loss",
    )  # fmt: skip

    def config(self, width: int) -> RunConfig:
        """Settings that are allowed."""
        while True:
            parts = {name: self.part(name, width) for name in self.PARTS}
            try:
                return RunConfig.model_validate(parts)
            except (ValidationError, Invalid):
                continue

    def changed(self, config: RunConfig, width: int) -> RunConfig:
        """These settings with one part changed."""
        while True:
            name = self._random.choice(self.PARTS)
            try:
                return patched(config, {name: self.part(name, width)})
            except (ValidationError, Invalid):
                continue


class Fuzz:
    """One host after the other, and the ledger that outlives them.

    bad: a fifth of the runs have such a name; tests make mistakes strike them.
    apart: ids of the runs whose layers have a width that no other run's have: they train alone, so that their
    numbers are exactly those of a twin. Other runs share a width, and train in cohorts.
    """

    def __init__(self, seed: int, *, mistakes: bool = False) -> None:
        self.mistakes = mistakes
        self.checked = 0
        self.random = Random(seed)
        self.settings = RandomSettings(self.random)
        self.ledger = Ledger(Store(Settings()))
        self.numbers = count(1)
        self.names = count(1)
        self.widths: dict[str, int] = {}
        self.apart: set[str] = set()
        self.now = 0.0
        self.deaths = self.n_saved = 0
        self.pending: dict[int, AnyCommand] = {}
        self.refusals: list[str] = []
        self.begin_host()

    def begin_host(self) -> None:
        self.host = Host(OPTIONS, self.clock, self.on_reply)
        self.writer = FeedWriter(self.host.scheduler, self.host.on_no_entry)

    def clock(self) -> float:
        self.now += 0.0005
        return self.now

    def on_reply(self, reply: Reply, payload: bytes) -> None:
        command = self.pending.pop(reply.number)
        reply = Reply.model_validate_json(reply.model_dump_json())
        frame(reply.model_dump_json().encode(), payload)
        if reply.refusal is not None:
            self.refusals.append(reply.refusal.template)
        self.ledger.on_reply(command, reply, payload)

    def post(self, command: AnyCommand, payload: bytes = b"") -> None:
        number = next(self.numbers)
        self.pending[number] = command
        request = Request.model_validate_json(Request(number=number, command=command).model_dump_json())
        self.host.execute(request, payload)

    @property
    def runs(self) -> list[str]:
        return list(self.ledger._journals)

    def turn(self) -> None:
        """One turn of the engine process, as between two readings of its commands."""
        self.host.scheduler.run()
        self.host.background.run()
        for header, payload in self.writer.write(self.host.watched()):
            frame(header, payload)
            self.ledger.on_feed(Feed.model_validate_json(header), payload)
        for report, payload in self.host.save():
            self.n_saved += 1
            text = report.model_dump_json()
            if isinstance(report, Noted):
                self.ledger.on_news(Noted.model_validate_json(text).news)
            else:
                self.ledger.on_saved(Saved.model_validate_json(text), payload)
        if gone := self.host.forget_unused():
            self.ledger.on_gone(Gone(run_ids=gone))

    def die(self) -> None:
        """End the engine, with all that it has not reported."""
        self.deaths += 1
        self.pending.clear()
        self.ledger.on_lost()
        self.begin_host()
        suspects, others = self.ledger.rebuilding(wary=False)
        assert not suspects
        for command in [command for commands in others for command in commands]:
            self.post(command, self.ledger.payload(command))
        for run_id in self.ledger.mirrors:
            self.post(Watch(run_id=run_id))

    def settle(self) -> None:
        """Until every run stands still, and everything is answered."""
        for _ in range(20_000):
            if not any(live.is_behind for live in self.host._runs.values()):
                break
            self.turn()
        for run_id in self.runs:
            self.post(Pause(run_id=run_id))
        for _ in range(20_000):
            self.turn()
            if not self.pending and not self.host.background:
                break
        for run_id in self.runs:
            self.post(Inspect(run_id=run_id))
        self.turn()
        assert not self.pending, self.pending

    def create(self) -> None:
        bad = self.random.random() < 0.2
        name = f"{'bad' if bad else 'run'} {next(self.names)}"
        apart = self.random.random() < 0.6
        free = [width for width in range(2, 60) if width not in self.widths.values() and width != 8]
        self.widths[name] = self.random.choice(free) if apart and free else 8
        if apart and free:
            self.apart.add(name)
        self.post(Create(run_id=name, config=self.settings.config(self.widths[name])))

    def compare(self) -> None:
        name, base = f"comparison {next(self.names)}", self.settings.config(8)
        for i in range(self.random.randint(2, 3)):
            run_id = f"{name}.{i}"
            self.widths[run_id] = 8
            config = self.settings.changed(base, 8).model_copy(update={"seed": base.seed})
            self.post(Create(run_id=run_id, config=config, comparison=name))

    def act(self) -> None:
        """One random command."""
        random = self.random
        if not self.runs or random.random() < 0.06:
            (self.compare if random.random() < 0.2 else self.create)()
            return
        run_id = random.choice(self.runs)
        if random.random() < 0.15:
            self.watch(run_id)
            return
        self.post(self.command(run_id))

    def watch(self, run_id: str) -> None:
        if self.ledger.mirrors.pop(run_id, None) is not None:
            self.post(Unwatch(run_id=run_id))
        else:
            self.ledger.mirrors[run_id] = RunMirror()
            self.post(Watch(run_id=run_id))

    def command(self, run_id: str) -> AnyCommand:
        random, state = self.random, self.ledger.journal(run_id).state
        width = self.widths[run_id]
        edit = ParameterEdit(
            name=random.choice(["hidden.bias", "predict.weight", "hidden1.bias", "no such"]),
            index=random.choice([(0,), (0, 1)]),
            value=random.choice([0.5, -1e6, TINY]),
        )
        step = random.randint(0, state.step + 1)
        fork_id = f"{run_id[:3]} {next(self.names)}"
        self.widths[fork_id] = width
        choices: list[tuple[int, AnyCommand]] = [
            (6, Play(run_id=run_id, steps_per_second=random.choice([None, None, 20.0, 1000.0]))),
            (3, Pause(run_id=run_id)),
            (4, Steps(run_id=run_id, count=random.randint(1, 20))),
            (5, Lines(run_id=run_id, count=random.randint(1, 7))),
            (4, Edit(run_id=run_id, **dict(edit))),
            (8, Update(run_id=run_id, config=self.settings.changed(state.config, width))),
            (2, Reset(run_id=run_id)),
            (1, Delete(run_id=run_id)),
            (1, TakeSnapshot(run_id=run_id)),
            (1, GetSnapshot(run_id=run_id, step=step)),
            (1, GetSnapshots(run_id=run_id, query=SnapshotsQuery(count=9), max_bytes=10**6)),
            (1, GetNorms(run_id=run_id, first_step=step)),
            (1, GetLosses(run_id=run_id, first_step=step)),
            (1, SaveWeights(run_id=run_id)),
            (1, Inspect(run_id=run_id)),
            (1, Fork(run_id=run_id, fork_id=fork_id, step=step)),
            (1, GetLog(run_id=run_id)),
        ]
        chosen = random.choices([command for _, command in choices], [weight for weight, _ in choices])[0]
        if isinstance(chosen, Fork):
            # The two are of one width, and may train together from now on.
            self.apart.discard(run_id)
        return chosen

    def go(self, n_commands: int, death: float) -> None:
        """Random commands, and turns between them. death: how likely the engine dies after each."""
        for _ in range(n_commands):
            self.act()
            for _ in range(self.random.choice([0, 0, 1, 3])):
                self.turn()
            if self.random.random() < death:
                self.die()

    def check(self) -> None:
        """Every run stands where its journal says, by the journal's log, with its twin's numbers."""
        self.settle()
        assert set(self.runs) == set(self.host._runs)
        self.checked += len(self.runs)
        for run_id in self.runs:
            if run_id.startswith("bad") and self.mistakes:
                continue
            run, journal = self.host._runs[run_id].run, self.ledger.journal(run_id)
            assert run.state == journal.state
            assert run.log.begin == journal.log.begin, run_id
            assert run.log.events == journal.log.events, run_id
            assert journal.state.topic != "broken_down", journal.state.error
            if run_id in self.apart and not run.is_set_aside:
                compare_with_twin(run, self.twin(run_id))
            assert run_id not in self.apart or journal.state.topic != "strayed", journal.state.error

    def twin(self, run_id: str) -> Run:
        """A run that trains alone from its beginning by the journal, outside of any engine."""
        journal = self.ledger.journal(run_id)
        command = journal.rebuild(stopped=True, members=[journal])
        twin = Run(run_id, command.begin, DEVICE)
        catch_up = CatchUp(twin, command.events, command.step, command.last.line, command.last)
        while catch_up.go_on():
            while twin.status == "playing":
                try:
                    Alone(twin).step()
                except (RuntimeError, NameError) as error:
                    twin.fail(str(error))
        return twin


def compare_with_twin(run: Run, twin: Run) -> None:
    name = run.id
    assert run.losses.tobytes() == twin.losses.tobytes(), name
    assert run.status == twin.status, name
    assert same(run.weights, twin.weights), name
    assert (run.grads is None) == (twin.grads is None), name
    assert run.grads is None or twin.grads is None or same(run.grads, twin.grads), name


def same(a: torch.Tensor, b: torch.Tensor) -> bool:
    """Whether two tensors have the same bits."""
    return a.numpy().tobytes() == b.numpy().tobytes()


def fuzz(seed: int, n_commands: int, death: float = 0.01, *, mistakes: bool = False) -> Iterator[Fuzz]:
    """Fuzzes a host; yields at each check. mistakes: whether bad runs are not looked at."""
    torch.set_num_threads(1)
    each = Fuzz(seed, mistakes=mistakes)
    for _ in range(max(1, n_commands // 100)):
        each.go(100, death)
        each.check()
        yield each
    each.die()
    each.check()
    yield each


if __name__ == "__main__":
    for number, each in enumerate(fuzz(int(sys.argv[1]), int(sys.argv[2]))):
        done = f"{100 * number} commands, {len(each.runs)} runs"
        print(f"{done}, {each.deaths} deaths, {each.n_saved} checkpoints", flush=True)
