"""The telemetry messages, built from their description at run time: no generated code is needed."""

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

_FIELD = descriptor_pb2.FieldDescriptorProto


def _message(file, name, *fields):
    message = file.message_type.add(name=name)
    for number, (field, kind, repeated, type_name) in enumerate(fields, 1):
        message.field.add(
            name=field,
            number=number,
            type=kind,
            label=_FIELD.LABEL_REPEATED if repeated else _FIELD.LABEL_OPTIONAL,
            type_name=type_name,
        )


def _build():
    package = "tetryx.telemetry.v1"
    file = descriptor_pb2.FileDescriptorProto(name="telemetry.proto", package=package, syntax="proto3")
    _message(
        file,
        "Sample",
        ("name", _FIELD.TYPE_STRING, False, None),
        ("value", _FIELD.TYPE_DOUBLE, False, None),
        ("sim_time_s", _FIELD.TYPE_DOUBLE, False, None),
        ("units", _FIELD.TYPE_STRING, False, None),
    )
    _message(
        file,
        "Series",
        ("name", _FIELD.TYPE_STRING, False, None),
        ("units", _FIELD.TYPE_STRING, False, None),
        ("sim_time_s", _FIELD.TYPE_DOUBLE, True, None),
        ("values", _FIELD.TYPE_DOUBLE, True, None),
    )
    _message(
        file,
        "TelemetryBatch",
        ("samples", _FIELD.TYPE_MESSAGE, True, f".{package}.Sample"),
        ("series", _FIELD.TYPE_MESSAGE, True, f".{package}.Series"),
    )
    _message(file, "TelemetryAck", ("accepted", _FIELD.TYPE_UINT64, False, None))
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return [
        message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{package}.{name}"))
        for name in ("Sample", "Series", "TelemetryBatch", "TelemetryAck")
    ]


Sample, Series, TelemetryBatch, TelemetryAck = _build()


def rows(count, first=0, name="orbit.radius_km", units="km"):
    """A batch of `count` samples whose times count up from `first`, and whose values are twice that."""
    return TelemetryBatch(
        samples=[
            Sample(name=name, value=2.0 * n, sim_time_s=float(n), units=units) for n in range(first, first + count)
        ]
    )


def columns(count, name="orbit.speed_km_s", units="km/s"):
    times = [float(n) for n in range(count)]
    return TelemetryBatch(series=[Series(name=name, units=units, sim_time_s=times, values=[3.0 * t for t in times])])
