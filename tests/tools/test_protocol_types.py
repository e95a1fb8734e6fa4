from tools import protocol_types


def test_what_is_sent_may_leave_out_defaults_and_what_comes_has_every_field() -> None:
    text = protocol_types.typescript()
    assert "export interface SGDInput {\n  name?:" in text
    assert "export interface SGD {\n  name:" in text


def test_socket_messages_are_unions_told_apart_by_their_type() -> None:
    text = protocol_types.typescript()
    assert "export type ServerMessage = Started | SnapshotMessage |" in text
    started = text.split("export interface Started {")[1].split("\n}")[0]
    assert '  type: "started";' in started


def test_each_kind_of_schema_has_its_type() -> None:
    type_of = protocol_types.type_of
    nullable = {"anyOf": [{"type": "number"}, {"type": "null"}]}
    assert type_of({"type": "array", "items": nullable}) == "(number | null)[]"
    assert type_of({"type": "array", "items": {"$ref": "#/$defs/Run-Output"}}) == "Run[]"
    assert type_of({"type": "object", "additionalProperties": nullable}) == "Record<string, number | null>"
    assert type_of({"enum": ["a", "b"]}) == '"a" | "b"'
    assert type_of({}) == "unknown"
