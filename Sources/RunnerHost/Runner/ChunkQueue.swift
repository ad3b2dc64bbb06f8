import LynxModel

/// The chunks of telemetry that lie in the spool: a line for each attempt, delivered in order. Pure, as `RunnerState`,
/// which it is part of.
struct ChunkQueue: Sendable {
    private enum Progress: Sendable { case ready, underway, untilRegistered }

    private struct Line: Sendable {
        var chunks: [(seq: Int, bytes: Int)] = []
        var progress = Progress.ready
        /// Lines are served in this order; one that failed goes to the end.
        var order: Int
        /// How often the control plane did not know the call, and how often it broke down over it.
        var refusals = 0
        var serverErrors = 0
    }

    private var lines: [AttemptKey: Line] = [:]
    /// Attempts of which nothing more is wanted.
    private var dropped: Set<AttemptKey> = []
    private var lastOrder = 0

    /// Attempts that have chunks to deliver.
    var waiting: Set<AttemptKey> { Set(lines.keys) }

    var count: Int { lines.values.reduce(0) { $0 + $1.chunks.count } }

    /// Whether the attempt's result has to wait.
    func isWaiting(_ key: AttemptKey) -> Bool { lines[key] != nil }

    /// Whether the attempt's chunks wait for the next registration.
    func isBlocked(_ key: AttemptKey) -> Bool { lines[key]?.progress == .untilRegistered }

    func isDropped(_ key: AttemptKey) -> Bool { dropped.contains(key) }

    /// What the attempt's chunks take on the disk.
    func bytes(_ key: AttemptKey) -> Int { lines[key]?.chunks.reduce(0) { $0 + $1.bytes } ?? 0 }

    /// The chunk numbered `seq` lies in the spool. False if it is not wanted any more.
    mutating func added(_ key: AttemptKey, seq: Int, bytes: Int) -> Bool {
        guard !dropped.contains(key) else { return false }
        lastOrder += 1
        lines[key, default: Line(order: lastOrder)].chunks.append((seq, bytes))
        return true
    }

    struct Delivery: Hashable, Sendable {
        var key: AttemptKey
        var seq: Int
    }

    mutating func nextDelivery() -> Delivery? {
        let ready = lines.filter { $0.value.progress == .ready }
        guard let (key, line) = ready.min(by: { $0.value.order < $1.value.order }), let first = line.chunks.first else { return nil }
        lines[key]?.progress = .underway
        return Delivery(key: key, seq: first.seq)
    }

    /// Acknowledged, or not there.
    mutating func settled(_ delivery: Delivery) {
        guard var line = lines[delivery.key], line.chunks.first?.seq == delivery.seq else { return }
        line.chunks.removeFirst()
        lastOrder += 1
        line.order = lastOrder
        line.progress = .ready
        lines[delivery.key] = line.chunks.isEmpty ? nil : line
    }

    /// Not acknowledged: to be sent again, after those of others; after the next registration if `isBlocked`.
    mutating func failed(_ delivery: Delivery, isBlocked: Bool = false) {
        lastOrder += 1
        lines[delivery.key]?.order = lastOrder
        lines[delivery.key]?.progress = isBlocked ? .untilRegistered : .ready
    }

    /// Counts a control plane that does not know the call; true when it has said so too often to go on.
    mutating func refused(_ delivery: Delivery) -> Bool {
        lines[delivery.key]?.refusals += 1
        return lines[delivery.key].map { $0.refusals >= 3 } ?? false
    }

    /// Counts a breakdown of the control plane; true when others should not wait for it any more.
    mutating func brokeDown(_ delivery: Delivery) -> Bool {
        lines[delivery.key]?.serverErrors += 1
        return lines[delivery.key].map { $0.serverErrors >= 3 } ?? false
    }

    mutating func unblock() {
        for key in lines.keys where lines[key]?.progress == .untilRegistered { lines[key]?.progress = .ready }
    }

    /// Stops the delivery of an attempt's chunks while it runs.
    mutating func drop(_ key: AttemptKey) {
        lines[key] = nil
        dropped.insert(key)
    }

    /// The attempt is settled.
    mutating func forget(_ key: AttemptKey) {
        lines[key] = nil
        dropped.remove(key)
    }
}
