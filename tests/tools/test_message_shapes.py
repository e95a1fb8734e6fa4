from tools import message_shapes
from tools.protocol_types import Schema


def test_a_shape_goes_as_deep_as_what_is_always_there() -> None:
    definitions: dict[str, Schema] = {
        "Point": {"properties": {"x": {}, "note": {}}, "required": ["x"]},
        "Kind": {"enum": ["a", "b"]},
    }
    point, kind = {"$ref": "#/$defs/Point"}, {"$ref": "#/$defs/Kind"}
    assert message_shapes.shape_of(point, definitions) == {"x": None}
    assert message_shapes.shape_of({"type": "array", "items": point}, definitions) == [{"x": None}]
    assert message_shapes.shape_of(kind, definitions) is None
    assert message_shapes.shape_of({"anyOf": [point, {"type": "null"}]}, definitions) is None


def test_the_stream_sends_snapshots_in_another_form() -> None:
    assert "snapshot:" not in message_shapes.script()
