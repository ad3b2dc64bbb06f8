/// Independent draws: more runs continue the sequence of fewer.
struct MonteCarlo: Design {
    private let streams: [Stream]

    init(_ axes: [Axis], seed: UInt64) {
        streams = axes.map { Stream(seed: seed, purpose: .jitter, name: $0.name) }
    }

    var pointsAreIndependent: Bool { true }

    func probability(of axis: Int, run: Int) -> Double { streams[axis].unit(at: run) }

    func fill(_ values: UnsafeMutableBufferPointer<Double>, of axis: Int, from first: Int) {
        streams[axis].fill(values, from: first)
    }
}
