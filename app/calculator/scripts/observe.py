"""A training script as a run: the settings that its first steps show, or all reasons why it is none."""

import ast
import random
from collections.abc import Sequence
from math import isfinite
from typing import Any

import numpy as np
import torch
from torch import Tensor

from app.calculator.failures import failed, text_error
from app.calculator.program.randomness import State, states
from app.calculator.program.read import FILENAME, RefusedAt, Script, TextError, read
from app.calculator.program.run import Program, Run
from app.calculator.scripts.batches import Taken
from app.calculator.scripts.formula import formula_of
from app.calculator.scripts.loss import Compared, compared
from app.calculator.scripts.network import Network, network_of
from app.calculator.scripts.points import Points, listed, points_of
from app.calculator.scripts.reasons import Reasons
from app.calculator.scripts.rounds import HOOK, Counting, has_break
from app.calculator.scripts.tape import Enough
from app.calculator.scripts.training import loop_of, optimizer_of, scheduler_of, steps_of
from app.calculator.scripts.watch import SEED, Step, Watch
from app.calculator.scripts.weights import model_settings
from app.protocol.data import MAX_CLASSES
from app.protocol.runs import MAX_SEED, Loss
from app.protocol.scripts import MAX_OBSERVED, Observation


def observe(text: str) -> Observation:
    """Run the first steps of a script, and tell what run it is. Raises nothing for anything it does."""
    try:
        script = read(text)
    except (TextError, RefusedAt) as problem:
        error = text_error(problem)
        return refusal("fails", error.line, error=error.message, steps=MAX_OBSERVED)
    try:
        return Observer(script).observation
    except BaseException:  # torch as the script has changed it
        return refusal("unreadable")


def refusal(topic: str, line: int | None = None, **params: str | int | float) -> Observation:
    """A script that is no run for one reason."""
    reasons = Reasons()
    reasons.add(topic, line, **params)
    return Observation(reasons=reasons.found)


def beginning() -> State:
    """The random numbers of a script that sets no seed: those of seed 0, so that its run needs no values."""
    torch.default_generator.manual_seed(SEED)
    random.seed(SEED)
    np.random.seed(SEED)
    return states()


def kind_of(first: Compared, x: Tensor) -> dict[str, Any]:
    """The settings of classes and of two inputs, where a script has them."""
    kind: dict[str, Any] = {"features": 2} if x.dim() == 2 and x.shape[1] == 2 else {}
    if first.loss == "CrossEntropyLoss":
        kind["classes"] = first.prediction.shape[-1]
    elif first.loss == "BCEWithLogitsLoss":
        kind["classes"] = 2
    return kind


class Observer:
    """Observes one script."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.watch = Watch()
        self.reasons = Reasons()
        self.notes = Reasons()
        self.run = self._run()

    def _run(self) -> Run:
        tree = Counting().visit(ast.parse("\n".join(self.script.lines), FILENAME))
        code = compile(tree, FILENAME, "exec", dont_inherit=True)
        program = Program(Script(self.script.tree, code, self.script.lines), beginning())
        with self.watch.watching():
            return program.run(names={HOOK: self.watch.rounds.counted})

    @property
    def observation(self) -> Observation:
        """What was seen."""
        failure, steps = self.run.failure, self.watch.steps
        error = None if failure is None or isinstance(failure, Enough) else failed(self.run, self.script)
        if error is not None:
            if error.type in ("Timeout", "MemoryError"):
                return refusal("too_long", error.line, steps=MAX_OBSERVED)
            said = f"{error.type}: {error.message}" if error.template is None else error.message
            self.reasons.add("fails", error.line, error=said.rstrip("."), steps=MAX_OBSERVED)
        if not steps:
            if not self.reasons.found:
                self.reasons.add("no_backward")
            return Observation(reasons=self.reasons.found)
        if self.watch.tape.device is not None:
            device, line = self.watch.tape.device
            self.notes.add("no_device", line, device=device)
        settings = self._settings(steps)
        losses = [step.value for step in steps]
        kept = next((i for i, loss in enumerate(losses) if not isfinite(loss)), len(losses))
        return Observation(
            settings=settings,
            losses=losses[:kept],
            reasons=self.reasons.found,
            notes=self.notes.found,
        )

    def _settings(self, steps: Sequence[Step]) -> dict[str, Any]:
        pairs = [compared(step.loss, step.made, self.reasons) for step in steps]
        self.watch.put_back()
        first = pairs[0]
        network = network_of(first.prediction, first.made, self.reasons) if first else Network()
        parameters = [] if self.reasons.found else network.parameters
        optimizer = optimizer_of(self.watch, parameters, self.reasons)
        settings: dict[str, Any] = {"loop": loop_of(self.watch, self.reasons)}
        if optimizer is not None:
            settings["optimizer"], made = optimizer
            settings["scheduler"] = scheduler_of(self.watch, made, self.reasons, self.notes)
        if first is None or not network.layers:
            return settings
        settings |= {"loss": first.loss, "reduction": first.reduction, **self._model(network, first.loss)}
        taken = [pair for pair in pairs if pair is not None]
        points = None if self.reasons.found else self._points(taken, settings)
        if points is not None:
            self._begin(settings, network, points)
        settings["max_steps"] = steps_of(self.watch, self.run.failure is None, self.notes)
        if has_break(self.script.tree, [line for _, line in self.watch.loops]):
            self.notes.add("ends_early", steps[0].line)
        return settings

    def _model(self, network: Network, loss: Loss) -> dict[str, Any]:
        reasons, (*hidden, last) = self.reasons, network.layers
        if (n := network.layers[0].weight.shape[1]) > 2:
            reasons.add("inputs", network.layers[0].line, n=n)
        if (n := len(last.weight)) != 1 and not (loss == "CrossEntropyLoss" and 2 <= n <= MAX_CLASSES):
            reasons.add("outputs", last.line, n=n)
        *between, after = network.activations
        if after is not None:
            reasons.add("last_activation", last.line, name=after)
        kinds = sorted({kind or "Identity" for kind in between})
        if len(kinds) > 1:
            reasons.add("activations", last.line, names=", ".join(kinds))
        model: dict[str, Any] = {"hidden": [len(layer.weight) for layer in hidden]}
        forms = {layer.form for layer in network.layers}
        if forms == {"matmul"} or (forms - {"matmul"} == {"mul"}):
            model["linear"] = "mul" if "mul" in forms else "matmul"
        return {"model": model | ({"activation": kinds[0]} if kinds else {})}

    def _points(self, pairs: list[Compared], settings: dict[str, Any]) -> Points | None:
        silent = Reasons()  # what the first step shows all others show again
        taken = []
        for pair in pairs:
            network = network_of(pair.prediction, pair.made, silent)
            if network.x is None:
                return None
            taken.append(Taken(network.x, network.call, pair.y, pair.y_made))
        first = pairs[0]
        for value in (first.prediction, first.y):
            if value.dtype != torch.float32 and not (value is first.y and first.loss == "CrossEntropyLoss"):
                self.reasons.add("dtype", dtype=str(value.dtype))
        shapes = [tuple(value.shape) for value in (first.prediction, first.y)]
        settings["data"] = kind_of(first, taken[0].x)
        if first.loss == "CrossEntropyLoss":
            if first.y.dtype != torch.int64 or shapes[1] != shapes[0][:1]:
                self.reasons.add("labels", y=str([*shapes[1]]), dtype=str(first.y.dtype))
        elif shapes[0] != shapes[1] and len(taken[0].x) != 1:
            if len(shapes[0]) == 2 and len(shapes[1]) == 1 and shapes[0][0] == shapes[1][0]:
                settings["data"]["unsqueeze_y"] = False
            else:
                self.reasons.add("shapes", prediction=str([*shapes[0]]), y=str([*shapes[1]]))
        if self.reasons.found:
            return None
        points = points_of(taken, self.watch.tape.calls, self.watch.loaders, self.reasons)
        numbers = [] if points is None else [points.x, points.y]
        if not isfinite(self.watch.steps[0].value) or not all(part.isfinite().all() for part in numbers):
            self.reasons.add("not_finite")
            return None
        if points and first.loss == "BCEWithLogitsLoss" and not ((points.y == 0) | (points.y == 1)).all():
            self.reasons.add("labels", y=str([*shapes[1]]), dtype=str(first.y.dtype))
            return None
        return points

    def _begin(self, settings: dict[str, Any], network: Network, points: Points) -> None:
        seed = self.watch.seed if self.watch.model_state is not None else self.run.chance.seeds.get(0)
        if seed is None:
            self.notes.add("no_seed")
        known = isinstance(seed, int) and 0 <= seed <= MAX_SEED
        seed = int(seed) if known and seed is not None else SEED
        batches = points.batches
        model = model_settings(
            network.layers, seed, self.watch.model_state, batches.state if batches else None
        )
        if model is None:
            self.reasons.add("other_batches")
            return
        if batches is not None:
            settings |= {"batch_size": batches.size, "batch_order": batches.order}
        data = None
        if not settings["data"]:
            data = formula_of(self.script, dict(self.run.names), points, self.watch.tape.calls, seed)
        settings["seed"] = seed
        settings["model"] |= model
        settings["data"] |= data or {"points": listed(points.x, points.y)}
