"""Changes of settings, as JSON merge patches (RFC 7396)."""

from collections.abc import Mapping
from typing import Any

from pydantic import JsonValue

from app.protocol.runs import RunConfig

Patch = Mapping[str, JsonValue]
DRAWS_NOTHING = frozenset({"activation", "dropout"})
"""Settings of a model that leave its initial weights as they are."""


def patched(config: RunConfig, patch: Patch) -> RunConfig:
    """The settings with a patch applied. Raises: pydantic.ValidationError: the result is not allowed."""
    old = config.model_dump(mode="json")
    if draws_weights(old, patch):
        old["model"].pop("weights")
    return RunConfig.model_validate(merge_patch(old, patch))


def draws_weights(old: dict[str, Any], patch: Patch) -> bool:
    """Whether a patch asks for other initial weights without giving them: those given before are dropped."""
    model = patch.get("model")
    changes = model if isinstance(model, dict) else {}
    if "weights" in changes:
        return False
    return patch.get("seed", old["seed"]) != old["seed"] or any(
        value != old["model"].get(name)
        for name, value in changes.items()
        if name not in ("activation", "dropout")
    )


def merge_patch(target: JsonValue, patch: Patch) -> JsonValue:
    """RFC 7396: fields of `patch` replace those of `target`, objects are merged, null removes a field.

    One rule is added: an object whose `name` changes is another object, and keeps no field of the old one.

    >>> merge_patch({"a": 1, "b": {"c": 2, "d": 3}}, {"a": None, "b": {"c": 4}})
    {'b': {'c': 4, 'd': 3}}
    >>> merge_patch({"optimizer": {"name": "SGD", "momentum": 0.9}}, {"optimizer": {"name": "Adam"}})
    {'optimizer': {'name': 'Adam'}}
    """
    merged = dict(target) if isinstance(target, dict) else {}
    if "name" in patch and patch["name"] != merged.get("name"):
        merged = {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge_patch(merged.get(name), value) if isinstance(value, dict) else value
    return merged
