import CProtobufC
import CTelemetryProto
import EventLoop
import Glibc

/// Decodes one endpoint's telemetry messages and feeds its sink.
final class TelemetryIntake {
    private typealias Batch = Tetryx__Telemetry__V1__TelemetryBatch

    let sink: any TelemetrySink
    var counters = TelemetryCounters()
    private let context: LoopContext
    private let arena: DecodeArena
    private var variables: VariableTable
    private var templates = RowTemplates()
    private let knownRows: RowBuffer
    private let wireColumns: WireColumns

    init(sink: any TelemetrySink, limits: TelemetryLimits, context: LoopContext) {
        self.sink = sink
        self.context = context
        arena = DecodeArena(limit: limits.maxDecodedBytes)
        variables = VariableTable(limits: limits)
        knownRows = context.local(RowBuffer.init)
        wireColumns = context.local(WireColumns.init)
    }

    /// Decodes a TelemetryBatch, rows first, then columns, and adds the number of accepted samples to `accepted`. A refused
    /// sample does not affect the others. Throws if the message cannot be read; then none of it has been accepted.
    func accept(_ message: UnsafeRawBufferPointer, accepted: inout UInt64) throws(GRPCStatus) {
        counters.messages += 1
        var taken: UInt64 = 0
        defer {
            counters.samples += taken
            accepted += taken
        }
        if let count = templates.read(message, into: knownRows.rows) {
            taken = UInt64(count)
            sink.receive(UnsafeBufferPointer(rebasing: knownRows.rows[..<count]).span, context: context)
        } else if let rows = WireRows(message) {
            accept(rows, &taken)
        } else if let columns = wireColumns.read(message) {
            accept(columns, &taken)
        } else {
            try decode(message, &taken)
        }
    }

    private func accept(_ rows: WireRows, _ taken: inout UInt64) {
        var rows = rows
        let (sink, context) = (sink, context)
        while let row = rows.next() {
            guard let variable = variable(row.name, row.units, samples: 1) else { continue }
            taken += 1
            sink.receive(variable, simTime: row.simTime, value: row.value, context: context)
            templates.learn(row, of: variable.index)
        }
    }

    private func accept(_ columns: UnsafeBufferPointer<WireColumns.Column>, _ taken: inout UInt64) {
        let (sink, context, wireColumns) = (sink, context, wireColumns)
        for column in columns {
            guard let variable = variable(column.name, column.units, samples: column.count) else { continue }
            taken += UInt64(column.count)
            wireColumns.pieces(of: column) { sink.receive(variable, simTimes: $0, values: $1, context: context) }
        }
    }

    /// Decodes a message of any form with protobuf-c.
    func decode(_ message: UnsafeRawBufferPointer, _ taken: inout UInt64) throws(GRPCStatus) {
        defer { arena.reset() }
        let unpacked = tetryx__telemetry__v1__telemetry_batch__unpack(
            arena.allocator, message.count, message.bindMemory(to: UInt8.self).baseAddress)
        guard let unpacked else {
            throw arena.isExhausted
                ? GRPCStatus(.resourceExhausted, "a decoded message is over the limit of \(arena.limit) bytes")
                : GRPCStatus(.internal, "a message is not a TelemetryBatch")
        }
        acceptRows(unpacked, &taken)
        acceptColumns(unpacked, &taken)
        countRefusals(unpacked)
    }

    private func acceptRows(_ batch: UnsafePointer<Batch>, _ taken: inout UInt64) {
        for index in 0..<batch.pointee.n_samples {
            let sample = batch.pointee.samples[index]!
            guard let variable = variable(text(sample.pointee.name), text(sample.pointee.units), samples: 1) else { continue }
            taken += 1
            sink.receive(variable, simTime: sample.pointee.sim_time_s, value: sample.pointee.value, context: context)
        }
    }

    private func acceptColumns(_ batch: UnsafePointer<Batch>, _ taken: inout UInt64) {
        for index in 0..<batch.pointee.n_series {
            let series = batch.pointee.series[index]!.pointee
            guard series.n_values == series.n_sim_time_s else {
                refuse(max(series.n_values, series.n_sim_time_s), named: text(series.name), "the series has not one time for each value")
                continue
            }
            guard let variable = variable(text(series.name), text(series.units), samples: series.n_values) else { continue }
            taken += UInt64(series.n_values)
            sink.receive(
                variable, simTimes: UnsafeBufferPointer(start: series.sim_time_s, count: series.n_values).span,
                values: UnsafeBufferPointer(start: series.values, count: series.n_values).span, context: context)
        }
    }

    private func countRefusals(_ batch: UnsafePointer<Batch>) {
        for index in 0..<batch.pointee.n_refused {
            let refusal = batch.pointee.refused[index]!.pointee
            let name = text(refusal.name)
            counters.refuse(
                refusal.samples, named: { TelemetryRefusal.excerpt(name) }, TelemetryRefusal.excerpt(text(refusal.reason)))
        }
    }

    /// The variable; nil if its samples are not accepted. They have then been counted as dropped if the table is full,
    /// otherwise as refused.
    func variable(_ name: VariableTable.Text, _ units: VariableTable.Text, samples: Int) -> TelemetryVariable? {
        do throws(VariableTable.Failure) {
            return try variables.variable(name: name, units: units)
        } catch {
            switch error {
            case .full:
                counters.droppedSamples += UInt64(samples)
            case .refused(let reason):
                refuse(samples, named: name, reason)
            }
            return nil
        }
    }

    private func refuse(_ samples: Int, named name: VariableTable.Text, _ reason: String) {
        counters.refuse(UInt64(samples), named: { TelemetryRefusal.excerpt(name) }, reason)
    }

    /// The bytes of a C string that protobuf-c produced.
    private func text(_ string: UnsafePointer<CChar>) -> VariableTable.Text {
        VariableTable.Text(start: string, count: strlen(string))
    }

    /// The response to `Stream` and `Report`.
    static func acknowledgement(accepted: UInt64) -> [UInt8] {
        var message = Tetryx__Telemetry__V1__TelemetryAck()
        tetryx__telemetry__v1__telemetry_ack__init(&message)
        message.accepted = accepted
        var bytes = [UInt8](repeating: 0, count: tetryx__telemetry__v1__telemetry_ack__get_packed_size(&message))
        _ = tetryx__telemetry__v1__telemetry_ack__pack(&message, &bytes)
        return bytes
    }
}

/// The buffer that the messages of a loop's endpoints are decoded into, one after the other.
private final class RowBuffer {
    /// About as many rows as a message of one HTTP/2 frame has.
    let rows = UnsafeMutableBufferPointer<TelemetryRow>.allocate(capacity: 512)

    deinit {
        rows.deallocate()
    }
}
