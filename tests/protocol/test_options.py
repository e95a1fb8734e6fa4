"""What `GET /api/options` tells is what the records check."""

from typing import Any

import pytest
from pydantic import ValidationError

from app.protocol.optimizers import MIN_RATE
from app.protocol.options import Limits, Options, Setting, options
from app.protocol.patches import merge_patch
from app.protocol.runs import RunConfig
from app.settings import Settings

LIMITS = Limits(**Settings().model_dump(include=set(Limits.model_fields)))
OPTIONS: Options = options(LIMITS)


def nested(path: str, value: Any) -> dict[str, Any]:
    """A config in which only this field is given."""
    for name in reversed(path.split(".")):
        value = {name: value}
    return value  # type: ignore[no-any-return]


def allowed(config: dict[str, Any]) -> bool:
    try:
        RunConfig.model_validate(config)
    except ValidationError:
        return False
    return True


def every_setting() -> dict[str, tuple[Setting, dict[str, Any]]]:
    """Each setting by path, and a config in which it can be set alone."""
    found: dict[str, tuple[Setting, dict[str, Any]]] = {
        path: (setting, {}) for path, setting in OPTIONS.settings.items() if not path.endswith(".name")
    }
    for field, kinds in OPTIONS.kinds.items():
        for name, settings in kinds.items():
            required = {
                key: [1] if setting.type == "list" else 1
                for key, setting in settings.items()
                if setting.required
            }
            for key, setting in settings.items():
                found[f"{field}.{name}.{key}"] = setting, {field: {"name": name, **required}}
    return found


def with_value(path: str, value: Any, base: dict[str, Any]) -> dict[str, Any]:
    if not base:
        # A loss of classes, or another form of their labels, needs classes.
        given: dict[str, Any] = {"data": {"classes": 2}} if path in ("loss", "data.y_form") else {}
        return merge_patch(given, nested(path, value))  # type: ignore[return-value]
    field, _, key = path.split(".")
    return {field: {**base[field], key: value}}


EVERY = every_setting()
BOUNDED = [
    (path, bound)
    for path, (setting, _) in EVERY.items()
    for bound in ("minimum", "above", "maximum", "below")
    if getattr(setting, bound) is not None and path not in ("batch_size", "data.x_min", "data.x_max")
]


def test_all_settings_are_told() -> None:
    dumped = RunConfig().model_dump()
    expected = {"optimizer.name", "scheduler.name", "batch_size", "stop_loss"}
    for name, value in dumped.items():
        if name not in ("optimizer", "scheduler"):
            expected |= {f"{name}.{inner}" for inner in value} if isinstance(value, dict) else {name}
    assert set(OPTIONS.settings) == expected


def test_the_defaults_are_those_of_a_run_that_says_nothing() -> None:
    config = RunConfig().model_dump(mode="json")
    for path, (setting, base) in EVERY.items():
        if not base:
            value: Any = config
            for name in path.split("."):
                value = value[name]
            assert setting.default == value
    assert OPTIONS.settings["optimizer.name"].default == "SGD"
    assert OPTIONS.settings["scheduler.name"].default is None
    assert {key: s.default for key, s in OPTIONS.kinds["optimizer"]["SGD"].items()} | {
        "name": "SGD"
    } == config["optimizer"]


@pytest.mark.parametrize(("path", "bound"), BOUNDED)
def test_the_limits_are_where_refusal_begins(path: str, bound: str) -> None:
    setting, base = EVERY[path]
    limit = getattr(setting, bound)
    step = 1 if setting.type == "integer" else max(abs(limit), 1) * 1e-6
    inward = step if bound in ("minimum", "above") else -step
    inside, outside = (limit, limit - inward) if bound in ("minimum", "maximum") else (limit + inward, limit)
    assert allowed(with_value(path, inside, base))
    assert not allowed(with_value(path, outside, base))


@pytest.mark.parametrize("path", [path for path, (setting, _) in EVERY.items() if setting.choices])
def test_each_choice_is_one(path: str) -> None:
    setting, base = EVERY[path]
    assert setting.choices
    assert all(allowed(with_value(path, choice, base)) for choice in setting.choices)
    assert setting.open or not allowed(with_value(path, "something else", base))


@pytest.mark.parametrize("path", [path for path, (setting, _) in EVERY.items() if setting.required])
def test_what_has_no_default_must_be_given(path: str) -> None:
    field, name, _ = path.split(".")
    assert not allowed({field: {"name": name}})


def test_lists_tell_what_is_in_them() -> None:
    hidden = OPTIONS.settings["model.hidden"]
    assert (hidden.type, hidden.max_length, hidden.items and hidden.items.maximum) == ("list", 4, 64)


def test_commands_and_the_servers_limits_are_told() -> None:
    assert OPTIONS.commands["play.steps_per_second"].maximum == 1000
    assert OPTIONS.commands["lines.count"].maximum == 10
    assert OPTIONS.limits.max_runs == Settings().max_runs


def test_every_number_has_a_least_value() -> None:
    """Numbers as near to 0 as 5e-324 divide badly."""
    numbers = {path: setting for path, (setting, _) in every_setting().items() if setting.type == "number"}
    assert any(path.endswith("lr") for path in numbers)
    for path, setting in numbers.items():
        assert setting.minimum is not None, path
        assert setting.minimum <= 0 or setting.minimum >= MIN_RATE, path
