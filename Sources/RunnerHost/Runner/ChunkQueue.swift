import LynxModel

/// The chunks of telemetry in the spool: one queue for each attempt, delivered in order. A pure state machine and part of
/// `RunnerState`.
struct ChunkQueue: Sendable {
    private enum Progress: Sendable { case ready, underway, untilRegistered }

    private struct Line: Sendable {
        var chunks: [(seq: Int, bytes: Int)] = []
        var progress = Progress.ready
        /// Queues are served in this order; one whose delivery failed goes to the end.
        var order: Int
        /// How often the control plane did not know the call, and how often it failed with a server error.
        var refusals = 0
        var serverErrors = 0
    }

    private var lines: [AttemptKey: Line] = [:]
    /// The attempts whose chunks are no longer delivered.
    private var dropped: Set<AttemptKey> = []
    private var lastOrder = 0

    /// The attempts that have chunks to deliver.
    var waiting: Set<AttemptKey> { Set(lines.keys) }

    var count: Int { lines.values.reduce(0) { $0 + $1.chunks.count } }

    /// Whether the attempt's result has to wait for its chunks.
    func isWaiting(_ key: AttemptKey) -> Bool { lines[key] != nil }

    /// Whether the attempt's chunks wait for the next registration.
    func isBlocked(_ key: AttemptKey) -> Bool { lines[key]?.progress == .untilRegistered }

    func isDropped(_ key: AttemptKey) -> Bool { dropped.contains(key) }

    /// The space in bytes that the attempt's chunks occupy on the disk.
    func bytes(_ key: AttemptKey) -> Int { lines[key]?.chunks.reduce(0) { $0 + $1.bytes } ?? 0 }

    /// Records that chunk `seq` is in the spool. Returns false if it is no longer wanted.
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

    /// Records that the chunk was acknowledged or does not exist.
    mutating func settled(_ delivery: Delivery) {
        guard var line = lines[delivery.key], line.chunks.first?.seq == delivery.seq else { return }
        line.chunks.removeFirst()
        lastOrder += 1
        line.order = lastOrder
        line.progress = .ready
        lines[delivery.key] = line.chunks.isEmpty ? nil : line
    }

    /// Records that the chunk was not acknowledged: it is sent again after other attempts' chunks, and only after the next
    /// registration if `isBlocked`.
    mutating func failed(_ delivery: Delivery, isBlocked: Bool = false) {
        lastOrder += 1
        lines[delivery.key]?.order = lastOrder
        lines[delivery.key]?.progress = isBlocked ? .untilRegistered : .ready
    }

    /// Counts a response that the call is unknown; returns true after too many of them.
    mutating func refused(_ delivery: Delivery) -> Bool {
        lines[delivery.key]?.refusals += 1
        return lines[delivery.key].map { $0.refusals >= 3 } ?? false
    }

    /// Counts a server error; returns true when other attempts should not wait for this one any more.
    mutating func brokeDown(_ delivery: Delivery) -> Bool {
        lines[delivery.key]?.serverErrors += 1
        return lines[delivery.key].map { $0.serverErrors >= 3 } ?? false
    }

    mutating func unblock() {
        for key in lines.keys where lines[key]?.progress == .untilRegistered { lines[key]?.progress = .ready }
    }

    /// Stops the delivery of a running attempt's chunks.
    mutating func drop(_ key: AttemptKey) {
        lines[key] = nil
        dropped.insert(key)
    }

    /// Removes the attempt, whose result is settled.
    mutating func forget(_ key: AttemptKey) {
        lines[key] = nil
        dropped.remove(key)
    }
}
