/// A piece of a run's telemetry, as it goes from runner to control plane and is stored there: for each variable some
/// points of its series. Its bytes are described in docs/api.md.
public struct TelemetryChunk: Hashable, Sendable {
    /// In any order; no name comes twice.
    public var columns: [Column]

    public init(columns: [Column]) { self.columns = columns }

    /// How many points it holds, over all variables.
    public var pointCount: Int { columns.reduce(0) { $0 + $1.values.count } }

    /// Points of one variable, numbered `position.firstPoint`, `position.firstPoint + position.step`, …
    public struct Column: Hashable, Sendable {
        public var name: String
        public var units: String
        public var position: TelemetryPosition
        /// Simulated seconds, one for each of `values`. All numbers are finite.
        public var timeS: [Double]
        public var values: [Double]

        public init(name: String, units: String, position: TelemetryPosition = .init(), timeS: [Double], values: [Double]) {
            self.name = name
            self.units = units
            self.position = position
            self.timeS = timeS
            self.values = values
        }
    }
}

/// Where points stand in the series that they are part of.
///
/// A run numbers the points of a variable from 0. A series that grows too long is thinned to the points whose numbers are
/// multiples of `step`; those sent before were not, so that a reader thins them to the last step in turn.
public struct TelemetryPosition: Codable, Hashable, Sendable {
    /// A multiple of `step`.
    public var firstPoint: Int
    /// A power of 2.
    public var step: Int

    public init(firstPoint: Int = 0, step: Int = 1) {
        self.firstPoint = firstPoint
        self.step = step
    }

    /// Whether `count` points from here on have numbers.
    public func isValid(count: Int) -> Bool {
        guard step > 0, step & (step - 1) == 0, firstPoint >= 0, firstPoint.isMultiple(of: step), count >= 0 else { return false }
        let (span, isTooWide) = step.multipliedReportingOverflow(by: count)
        return !isTooWide && !firstPoint.addingReportingOverflow(span).overflow
    }

    private enum CodingKeys: String, CodingKey {
        case step
        case firstPoint = "first_point"
    }
}

/// How chunks are stored; batch files say so in `telemetry.storage.compression`.
public enum TelemetryCompression: String, CaseIterable, Sendable {
    case zlib, none
}
