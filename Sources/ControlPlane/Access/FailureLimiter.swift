import Synchronization

/// Slows down who guesses tokens: each address may fail `burst` times at once, and once more every `refillSeconds`.
///
/// A credential that was good a moment ago is let through all the same, so that one bad neighbour behind the same
/// address does not lock the others out. What is remembered is bounded, and is of this process alone: it protects work,
/// not secrets, which are too long to be guessed.
final class FailureLimiter: Sendable {
    private struct Bucket {
        var tokens: Double
        var at: Instant
    }

    private struct State {
        var buckets: [String: Bucket] = [:]
        var good: Set<String> = []
    }

    private let burst: Double
    private let refillMilliseconds: Double
    private let capacity: Int
    private let state = Mutex(State())

    init(burst: Int = 20, refillSeconds: Double = 3, capacity: Int = 4096) {
        self.burst = Double(burst)
        refillMilliseconds = refillSeconds * 1000
        self.capacity = capacity
    }

    /// Seconds to wait before the address may try an unproven credential; nil: it may now.
    func wait(_ address: String, digest: String, now: Instant) -> Int? {
        state.withLock { state in
            if state.good.contains(digest) { return nil }
            guard let bucket = state.buckets[address] else { return nil }
            let tokens = filled(bucket, now)
            return tokens >= 1 ? nil : max(1, Int(((1 - tokens) * refillMilliseconds / 1000).rounded(.up)))
        }
    }

    func failed(_ address: String, now: Instant) {
        state.withLock { state in
            let tokens = state.buckets[address].map { filled($0, now) } ?? burst
            if state.buckets[address] == nil, state.buckets.count >= capacity { makeRoom(&state, now) }
            state.buckets[address] = Bucket(tokens: max(0, tokens - 1), at: now)
        }
    }

    func succeeded(digest: String) {
        state.withLock { state in
            if state.good.count >= capacity { state.good.removeAll(keepingCapacity: true) }
            state.good.insert(digest)
        }
    }

    /// How many addresses are remembered.
    var count: Int { state.withLock { $0.buckets.count } }

    private func filled(_ bucket: Bucket, _ now: Instant) -> Double {
        min(burst, bucket.tokens + Double(max(0, now - bucket.at)) / refillMilliseconds)
    }

    /// Forgets who has long been quiet, and where that is not enough, who has failed least.
    private func makeRoom(_ state: inout State, _ now: Instant) {
        state.buckets = state.buckets.filter { filled($0.value, now) < burst }
        guard state.buckets.count >= capacity else { return }
        let kept = state.buckets.sorted { filled($0.value, now) < filled($1.value, now) }.prefix(capacity / 2)
        state.buckets = Dictionary(uniqueKeysWithValues: kept.map { ($0.key, $0.value) })
    }
}
