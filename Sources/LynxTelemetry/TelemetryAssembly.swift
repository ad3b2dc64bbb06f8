/// Puts the chunks of an attempt together again: the series as the runner would have kept it, had it sent nothing before.
public struct TelemetryAssembly: Sendable {
    public struct Points: Hashable, Sendable {
        public var units: String
        /// Simulated seconds, one for each of `values`.
        public var timeS: [Double]
        public var values: [Double]

        public init(units: String, timeS: [Double] = [], values: [Double] = []) {
            self.units = units
            self.timeS = timeS
            self.values = values
        }
    }

    private let wanted: Set<String>
    private var parts: [String: [TelemetryChunk.Column]] = [:]

    /// - Parameter variables: of others nothing is kept; empty keeps all.
    public init(variables: some Sequence<String> = []) { wanted = Set(variables) }

    /// Takes the next chunk; they come in the order in which they were made.
    public mutating func add(_ chunk: TelemetryChunk) {
        for column in chunk.columns where wanted.isEmpty || wanted.contains(column.name) {
            parts[column.name, default: []].append(column)
        }
    }

    /// By variable name.
    public var series: [String: Points] { parts.mapValues(Self.join) }

    /// Chunks made before a series was thinned hold points that have to go.
    private static func join(_ parts: [TelemetryChunk.Column]) -> Points {
        let step = parts.reduce(1) { max($0, $1.position.step) }
        var points = Points(units: parts.first?.units ?? "")
        for part in parts {
            if part.position.step == step {
                points.timeS += part.timeS
                points.values += part.values
                continue
            }
            // Both steps are powers of 2, so that the points that stay are evenly spaced.
            let gap = (step - part.position.firstPoint % step) % step / part.position.step
            for index in stride(from: gap, to: part.values.count, by: step / part.position.step) {
                points.timeS.append(part.timeS[index])
                points.values.append(part.values[index])
            }
        }
        return points
    }
}

extension TelemetryAssembly.Points {
    /// The points of a span of simulated time, its ends included.
    public func within(_ span: ClosedRange<Double>) -> TelemetryAssembly.Points {
        let kept = timeS.indices.filter { span.contains(timeS[$0]) }
        if kept.count == timeS.count { return self }
        return .init(units: units, timeS: kept.map { timeS[$0] }, values: kept.map { values[$0] })
    }

    /// At most `limit` points (4 or more) of them: the first, the last, and of each of as many equal parts as there is room
    /// for the least and the greatest, in their order. So no peak is lost, and what is drawn of them at that many
    /// pixels looks like all of them.
    public func downsampled(to limit: Int) -> TelemetryAssembly.Points {
        precondition(limit >= 4)
        guard values.count > limit else { return self }
        let inner = values.count - 2, buckets = (limit - 2) / 2
        var kept = [0]
        for bucket in 0..<buckets {
            let range = 1 + bucket * inner / buckets..<1 + (bucket + 1) * inner / buckets
            var least = range.lowerBound, greatest = range.lowerBound
            for index in range {
                if values[index] < values[least] { least = index }
                if values[index] > values[greatest] { greatest = index }
            }
            kept.append(min(least, greatest))
            if least != greatest { kept.append(max(least, greatest)) }
        }
        kept.append(values.count - 1)
        return .init(units: units, timeS: kept.map { timeS[$0] }, values: kept.map { values[$0] })
    }
}
