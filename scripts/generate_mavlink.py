"""Writes MAVLink's common dialect, as Swift, from the official definitions that pymavlink brings along.

    .venv/bin/python scripts/generate_mavlink.py [FOLDER]

`CommonDialect.swift` is a table of all messages and their fields; `TypedMessages.swift` has a type for each message
that the project reads or writes.
"""

from __future__ import annotations

import contextlib
import io
import sys
from importlib.metadata import version
from pathlib import Path

import pymavlink
from pymavlink.generator.mavparse import MAVXML, PROTOCOL_2_0, MAVField, MAVType

DEFINITIONS = Path(pymavlink.__file__).parent / "dialects/v20"
OUTPUT = Path(__file__).parents[1] / "Sources/MAVLink/Generated"
TYPED = (
    "HEARTBEAT",
    "SYS_STATUS",
    "SYSTEM_TIME",
    "PARAM_REQUEST_READ",
    "PARAM_VALUE",
    "PARAM_SET",
    "ATTITUDE",
    "LOCAL_POSITION_NED",
    "GLOBAL_POSITION_INT",
    "VFR_HUD",
    "COMMAND_LONG",
    "COMMAND_ACK",
    "HIGHRES_IMU",
    "BATTERY_STATUS",
    "ESTIMATOR_STATUS",
    "WIND_COV",
    "EXTENDED_SYS_STATE",
    "STATUSTEXT",
)
"""The messages that get a type of their own."""

WIRE_TYPES = {
    "char": "char",
    "double": "double",
    "float": "float",
    **{f"{sign}int{bits}_t": f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)},
}


def messages_of(dialect: str) -> dict[int, MAVType]:
    """The messages of a dialect and of those that it includes, by id."""
    # The parser prints what it thinks of enumerations, which are not used here.
    with contextlib.redirect_stdout(io.StringIO()):
        definition = MAVXML(str(DEFINITIONS / dialect), PROTOCOL_2_0)
    messages: dict[int, MAVType] = {}
    for included in definition.include:
        messages |= messages_of(included)
    return messages | {message.id: message for message in definition.message}


def pascal_case(name: str) -> str:
    first, *rest = name.lower().split("_")
    return first.capitalize() + "".join("ID" if word == "id" else word.capitalize() for word in rest)


def camel_case(name: str) -> str:
    first = name.split("_")[0].lower()
    return first + pascal_case(name)[len(first) :]


def header() -> str:
    return (
        "// Made by scripts/generate_mavlink.py from the definitions in"
        f" pymavlink {version('pymavlink')}; not to be edited.\n\n"
    )


def table(messages: list[MAVType]) -> str:
    names = "".join(f"        {camel_case(message.name)},\n" for message in messages)
    return (
        "extension MAVLinkMessage {\n"
        "    /// Every message of the common dialect, by ascending id.\n"
        f"    package static let common: [MAVLinkMessage] = [\n{names}    ]\n\n"
        + "\n".join(map(definition, messages))
        + "}\n"
    )


def definition(message: MAVType) -> str:
    return (
        f"    package static let {camel_case(message.name)} = MAVLinkMessage(\n"
        f'        id: {message.id}, name: "{message.name}", crcExtra: {message.crc_extra},'
        f" minimumLength: {message.wire_min_length}, length: {message.wire_length},\n"
        "        fields: [\n" + "".join(map(field_definition, message.ordered_fields)) + "        ])\n"
    )


def field_definition(field: MAVField) -> str:
    arguments = [f'"{field.name}"', f".{WIRE_TYPES[field.type]}", f"at: {field.wire_offset}"]
    if field.array_length:
        arguments.append(f"count: {field.array_length}")
    if units := units_of(field):
        arguments.append(f'units: "{units}"')
    return f"            MAVLinkField({', '.join(arguments)}),\n"


def units_of(field: MAVField) -> str:
    return str(field.units).strip("[]")


def typed_message(message: MAVType) -> str:
    fields = "\n".join(map(accessor, message.ordered_fields))
    return (
        f"package struct {pascal_case(message.name)}: MAVLinkTypedMessage {{\n"
        f"    package static let id: UInt32 = {message.id}\n"
        f"    package static var definition: MAVLinkMessage {{ .{camel_case(message.name)} }}\n"
        "    package var payload = MAVLinkPayload()\n\n"
        "    package init() {}\n\n"
        f"{fields}}}\n"
    )


def accessor(field: MAVField) -> str:
    name, wire_type, offset = camel_case(field.name), WIRE_TYPES[field.type], field.wire_offset
    units = f"    /// In {units_of(field)}.\n" if units_of(field) else ""
    if wire_type == "char" and field.array_length:
        place = f"{offset}, {field.array_length}"
        return (
            f"{units}    package var {name}: String {{\n"
            f"        get {{ payload.text({place}) }}\n"
            f"        set {{ payload.store(text: newValue, {place}) }}\n"
            "    }\n"
        )
    swift_type = ("UInt8" if wire_type == "char" else wire_type.capitalize()).replace("Uint", "UInt")
    if field.array_length:
        return (
            f"{units}    package func {name}(_ element: Int) -> {swift_type} {{\n"
            f'        precondition(element >= 0 && element < {field.array_length}, "{field.name} has fewer elements")\n'
            f"        return payload.load({offset} + {field.type_length} * element)\n"
            "    }\n"
        )
    return (
        f"{units}    package var {name}: {swift_type} {{\n"
        f"        get {{ payload.load({offset}) }}\n"
        f"        set {{ payload.store(newValue, {offset}) }}\n"
        "    }\n"
    )


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else OUTPUT
    found = messages_of("common.xml")
    messages = [found[number] for number in sorted(found)]
    typed = [typed_message(message) for message in messages if message.name in TYPED]
    (folder / "CommonDialect.swift").write_text(header() + table(messages), encoding="utf-8")
    (folder / "TypedMessages.swift").write_text(header() + "\n".join(typed), encoding="utf-8")


if __name__ == "__main__":
    main()
