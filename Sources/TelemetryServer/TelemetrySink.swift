public import EventLoop

/// Receives one endpoint's telemetry. It is not Sendable: it is made, called and released on the loop's thread. A sink that
/// blocks delays every endpoint of the loop.
public protocol TelemetrySink: AnyObject {
    /// One sample. `simTime` is in simulated seconds since the start of the run. Both numbers are as sent and may be infinite
    /// or NaN.
    func receive(_ variable: TelemetryVariable, simTime: Double, value: Double, context: LoopContext)

    /// Samples of one variable in order. `simTimes` and `values` have the same length.
    func receive(_ variable: TelemetryVariable, simTimes: Span<Double>, values: Span<Double>, context: LoopContext)

    /// Samples in order, one per row. Each variable has been passed to one of the other functions before.
    func receive(_ rows: Span<TelemetryRow>, context: LoopContext)

    /// Called once, after the last sample.
    func finish(context: LoopContext)
}

extension TelemetrySink {
    public func receive(_ variable: TelemetryVariable, simTimes: Span<Double>, values: Span<Double>, context: LoopContext) {
        for row in values.indices { receive(variable, simTime: simTimes[row], value: values[row], context: context) }
    }
}

/// One sample of a variable that is identified by its index alone.
public struct TelemetryRow: Hashable, Sendable {
    /// The variable's `TelemetryVariable.index`.
    public var variable: Int
    public var simTime: Double
    public var value: Double

    public init(variable: Int, simTime: Double, value: Double) {
        self.variable = variable
        self.simTime = simTime
        self.value = value
    }
}

/// A variable of one endpoint, identified by name and units: equal names with different units are different variables.
public final class TelemetryVariable: Sendable {
    /// Counts from 0 in the order of first appearance, so that a sink can use arrays.
    public let index: Int
    public let name: String
    /// Empty if the samples have no units.
    public let units: String

    public init(index: Int, name: String, units: String) {
        self.index = index
        self.name = name
        self.units = units
    }
}

/// One sample from within this process, such as an engine's reading of its simulator.
public struct TelemetrySample: Hashable, Sendable {
    public var name: String
    /// The unit; may be empty.
    public var units: String
    /// Time of the sample in simulated seconds since the start of the run.
    public var simTime: Double
    public var value: Double

    public init(name: String, units: String, simTime: Double, value: Double) {
        self.name = name
        self.units = units
        self.simTime = simTime
        self.value = value
    }
}

extension TelemetryIntake {
    /// Accepts samples that did not come over the wire, under the same limits.
    func accept(_ samples: [TelemetrySample], context: LoopContext) {
        for sample in samples {
            let known = Array(sample.name.utf8).withUnsafeBytes { name in
                Array(sample.units.utf8).withUnsafeBytes { units in variable(name, units, samples: 1) }
            }
            guard let known else { continue }
            counters.samples += 1
            sink.receive(known, simTime: sample.simTime, value: sample.value, context: context)
        }
    }
}
