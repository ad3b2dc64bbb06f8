"""What pymavlink makes of MAVLink, for comparison.

    pymavlink_side.py encode SEED    frames of every message of the dialect with random values, a line for each
    pymavlink_side.py decode FILE    what a file of frames holds, a line for each

A line is `NAME VERSION HEX FIELD=VALUE,… …`: integers in decimal, floats by their bits, texts in hexadecimal.
"""

from __future__ import annotations

import random
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

from pymavlink.dialects.v20 import common

RANGES = {f"{sign}int{bits}_t": (bits, sign == "") for bits in (8, 16, 32, 64) for sign in ("", "u")}
VARIANTS = 6

Value = bytes | str | int | float | list[int | float]


def random_number(kind: str, source: random.Random) -> int | float:
    if kind == "float":
        return float(struct.unpack("<f", struct.pack("<f", source.gauss(0, 10 ** source.randint(-9, 9))))[0])
    if kind == "double":
        return source.gauss(0, 10 ** source.randint(-9, 9))
    bits, is_signed = RANGES[kind]
    low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if is_signed else (0, (1 << bits) - 1)
    return source.choice((low, high, 0, source.randint(low, high), source.randint(low, high)))


def random_value(kind: str, count: int, source: random.Random) -> Value:
    if kind == "char":
        length = source.randint(0, max(count, 1)) if count else 1
        return bytes(source.randint(33, 126) for _ in range(length))
    if count:
        return [random_number(kind, source) for _ in range(count)]
    return random_number(kind, source)


def canonical(kind: str, value: Value) -> str:
    if isinstance(value, str):
        value = value.encode("latin-1")
    if isinstance(value, bytes):
        return value.rstrip(b"\0").hex()
    values = value if isinstance(value, list) else [value]
    match kind:
        case "float":
            return ",".join(str(struct.unpack("<I", struct.pack("<f", number))[0]) for number in values)
        case "double":
            return ",".join(str(struct.unpack("<Q", struct.pack("<d", number))[0]) for number in values)
    return ",".join(map(str, values))


def line(message: common.MAVLink_message, frame: bytes, version: int) -> str:
    fields = (
        f"{name}={canonical(kind, getattr(message, name))}"
        for name, kind in zip(message.fieldnames, message.fieldtypes, strict=True)
    )
    return " ".join((message.msgname, str(version), frame.hex(), *fields))


def encode(seed: int) -> Iterator[str]:
    source = random.Random(seed)
    link = common.MAVLink(None, srcSystem=7, srcComponent=9)
    for number, kind in sorted(common.mavlink_map.items()):
        counts = dict(zip(kind.ordered_fieldnames, kind.array_lengths, strict=True))
        for variant in range(VARIANTS):
            values = {
                name: random_value(type_name, counts[name], source)
                for name, type_name in zip(kind.fieldnames, kind.fieldtypes, strict=True)
            }
            # The last fields of the wire are zero in some, so that they are cut off.
            for name, type_name in zip(kind.fieldnames, kind.fieldtypes, strict=True):
                if variant and kind.ordered_fieldnames.index(name) > len(kind.fieldnames) - variant:
                    values[name] = b"" if type_name == "char" else [0] * counts[name] if counts[name] else 0
            message = kind(**values)
            yield line(message, message.pack(link), 2)
            link.seq = (link.seq + 1) % 256
            if number < 256:
                yield line(message, message.pack(link, force_mavlink1=True), 1)
                link.seq = (link.seq + 1) % 256


def decode(file: Path) -> Iterator[str]:
    link = common.MAVLink(None)
    for message in link.parse_buffer(file.read_bytes()) or []:
        yield line(message, bytes(message.get_msgbuf()), 2)


match sys.argv[1:]:
    case ["encode", number]:
        lines = encode(int(number))
    case ["decode", file_name]:
        lines = decode(Path(file_name))
    case _:
        sys.exit(__doc__)
for text in lines:
    print(text)
