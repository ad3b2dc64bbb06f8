public import EventLoop

/// Takes in one endpoint's telemetry. It isn't Sendable: it is made, called and released on the loop's thread.
/// A sink that blocks holds up every endpoint of the loop.
public protocol TelemetrySink: AnyObject {
    /// One sample. `simTime` is in simulated seconds since the start of the run; both numbers are as sent, finite or not.
    func receive(_ variable: TelemetryVariable, simTime: Double, value: Double, context: LoopContext)

    /// Samples of one variable, in order; of both numbers there are as many.
    func receive(_ variable: TelemetryVariable, simTimes: Span<Double>, values: Span<Double>, context: LoopContext)

    /// One sample each, in order. All of their variables have come before, by one of the other functions.
    func receive(_ rows: Span<TelemetryRow>, context: LoopContext)

    /// Nothing comes after this.
    func finish(context: LoopContext)
}

extension TelemetrySink {
    public func receive(_ variable: TelemetryVariable, simTimes: Span<Double>, values: Span<Double>, context: LoopContext) {
        for row in values.indices { receive(variable, simTime: simTimes[row], value: values[row], context: context) }
    }
}

/// One sample of a variable that is known by its number alone.
public struct TelemetryRow: Hashable, Sendable {
    /// `TelemetryVariable.index`
    public var variable: Int
    public var simTime: Double
    public var value: Double

    public init(variable: Int, simTime: Double, value: Double) {
        self.variable = variable
        self.simTime = simTime
        self.value = value
    }
}

/// A variable of one endpoint: what was sent under one name with one unit. Equal names with other units are another variable.
public final class TelemetryVariable: Sendable {
    /// Dense from 0 in the order of first appearance, so that a sink can keep arrays.
    public let index: Int
    public let name: String
    /// Empty when the samples named none.
    public let units: String

    public init(index: Int, name: String, units: String) {
        self.index = index
        self.name = name
        self.units = units
    }
}
