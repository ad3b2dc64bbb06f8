import Synchronization

/// Counts what this process does, for `GET /metrics`.
final class Metrics: Sendable {
    private struct Key: Hashable {
        var family: MetricFamily
        var labels: [String]
    }

    private struct Histogram {
        /// One for each bound, and one for what is above them.
        var counts: [Int]
        var sum = 0.0
    }

    private struct State {
        var values: [Key: Int] = [:]
        var histograms: [Key: Histogram] = [:]
    }

    private let state = Mutex(State())

    init() {
        // What has never happened is 0, not unknown.
        state.withLock { state in
            for family in MetricFamily.all where family.labels.isEmpty {
                let key = Key(family: family, labels: [])
                if family.kind == .histogram {
                    state.histograms[key] = Histogram(counts: Array(repeating: 0, count: family.bounds.count + 1))
                } else {
                    state.values[key] = 0
                }
            }
        }
    }

    /// - Parameter labels: the values of the family's labels, in their order.
    func add(_ amount: Int = 1, to family: MetricFamily, _ labels: String...) {
        state.withLock { $0.values[Key(family: family, labels: labels), default: 0] += amount }
    }

    func observe(_ value: Double, in family: MetricFamily, _ labels: String...) {
        let bucket = family.bounds.firstIndex { value <= $0 } ?? family.bounds.count
        let key = Key(family: family, labels: labels)
        state.withLock { state in
            state.histograms[key, default: Histogram(counts: Array(repeating: 0, count: family.bounds.count + 1))].counts[bucket] += 1
            state.histograms[key]!.sum += value
        }
    }

    /// Counts a call as held while `body` runs.
    func holding<Value>(_ route: String, _ body: () async throws -> Value) async rethrows -> Value {
        add(1, to: .held, route)
        defer { add(-1, to: .held, route) }
        return try await body()
    }

    func write(to text: inout MetricsText) {
        let (values, histograms) = state.withLock { ($0.values, $0.histograms) }
        for family in MetricFamily.all {
            text.begin(family)
            for (key, value) in values where key.family == family {
                text.sample(family.name, zip(family.labels, key.labels), Double(value))
            }
            for (key, histogram) in histograms where key.family == family {
                text.histogram(family, key.labels, counts: histogram.counts, sum: histogram.sum)
            }
        }
    }
}
