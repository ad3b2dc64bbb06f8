import EventLoop

/// One sample from within this process, such as an engine's own reading of its simulator.
public struct TelemetrySample: Hashable, Sendable {
    public var name: String
    /// May be empty.
    public var units: String
    /// Simulated seconds since the start of the run.
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
    /// Takes in what did not come over the wire, under the same limits.
    func take(_ samples: [TelemetrySample], context: LoopContext) {
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
