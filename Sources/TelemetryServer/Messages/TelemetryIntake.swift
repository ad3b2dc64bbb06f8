import CProtobufC
import CTelemetryProto
import EventLoop

/// Decodes one endpoint's telemetry messages and feeds its sink.
final class TelemetryIntake {
    private typealias Batch = Tetryx__Telemetry__V1__TelemetryBatch

    let sink: any TelemetrySink
    var counters = TelemetryCounters()
    private let context: LoopContext
    private let arena: DecodeArena
    private var variables: VariableTable

    init(sink: any TelemetrySink, limits: TelemetryLimits, context: LoopContext) {
        self.sink = sink
        self.context = context
        arena = DecodeArena(limit: limits.maxDecodedBytes)
        variables = VariableTable(limits: limits)
    }

    /// Takes in a TelemetryBatch, rows first, then columns, and adds the samples taken in to `accepted`. What lies before an
    /// error in the same batch has been taken in.
    func take(_ message: UnsafeRawBufferPointer, accepted: inout UInt64) throws(GRPCStatus) {
        counters.messages += 1
        let before = counters.samples
        defer { accepted += counters.samples - before }
        try arena.withAllocator { allocator throws(GRPCStatus) in
            let unpacked = tetryx__telemetry__v1__telemetry_batch__unpack(
                allocator, message.count, message.bindMemory(to: UInt8.self).baseAddress)
            guard let batch = unpacked?.pointee else {
                throw arena.isExhausted
                    ? GRPCStatus(.resourceExhausted, "a decoded message is over the limit of \(arena.limit) bytes")
                    : GRPCStatus(.internal, "a message is not a TelemetryBatch")
            }
            try takeRows(batch)
            try takeColumns(batch)
        }
    }

    private func takeRows(_ batch: Batch) throws(GRPCStatus) {
        for index in 0..<batch.n_samples {
            let sample = batch.samples[index]!.pointee
            guard let variable = try variable(sample.name, sample.units, samples: 1) else { continue }
            counters.samples += 1
            sink.receive(variable, simTime: sample.sim_time_s, value: sample.value, context: context)
        }
    }

    private func takeColumns(_ batch: Batch) throws(GRPCStatus) {
        for index in 0..<batch.n_series {
            let series = batch.series[index]!.pointee
            guard series.n_values == series.n_sim_time_s else {
                throw GRPCStatus(
                    .invalidArgument,
                    "a series has \(series.n_values) values and \(series.n_sim_time_s) times; it needs a time per value")
            }
            guard let variable = try variable(series.name, series.units, samples: series.n_values) else { continue }
            for row in 0..<series.n_values {
                counters.samples += 1
                sink.receive(variable, simTime: series.sim_time_s[row], value: series.values[row], context: context)
            }
        }
    }

    /// Nil when the table is full; `samples` have then been counted as dropped.
    func variable(
        _ name: VariableTable.Text, _ units: VariableTable.Text, samples: Int
    ) throws(GRPCStatus) -> TelemetryVariable? {
        do throws(VariableTable.Failure) {
            return try variables.variable(name: name, units: units)
        } catch {
            switch error {
            case .full:
                counters.droppedSamples += UInt64(samples)
                return nil
            case .invalid(let reason):
                throw GRPCStatus(.invalidArgument, reason)
            }
        }
    }

    /// The answer of `Stream` and `Report`.
    static func acknowledgement(accepted: UInt64) -> [UInt8] {
        var message = Tetryx__Telemetry__V1__TelemetryAck()
        tetryx__telemetry__v1__telemetry_ack__init(&message)
        message.accepted = accepted
        var bytes = [UInt8](repeating: 0, count: tetryx__telemetry__v1__telemetry_ack__get_packed_size(&message))
        _ = tetryx__telemetry__v1__telemetry_ack__pack(&message, &bytes)
        return bytes
    }
}
