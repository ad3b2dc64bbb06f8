/// Exponential backoff with full jitter: the wait before try n is uniform between 0 and min(cap, base·2ⁿ), so that runners that
/// lost the control plane together do not reconnect together.
///
/// Source: M. Brooker, "Exponential Backoff and Jitter", AWS Architecture Blog, 2015.
package struct Backoff: Hashable, Sendable {
    /// Upper bound of the first wait.
    package var base: Duration
    /// Upper bound of every wait.
    package var cap: Duration
    private(set) var failures = 0

    package init(base: Duration = .milliseconds(250), cap: Duration = .seconds(10)) {
        self.base = base
        self.cap = cap
    }

    /// The upper bound of the wait after the next failure.
    var bound: Duration {
        // Beyond 2³⁰ the cap has long been reached, and the product would overflow.
        min(cap, base * (1 << min(failures, 30)))
    }

    /// Counts a failure and draws the wait before the next try.
    package mutating func next(using generator: inout some RandomNumberGenerator) -> Duration {
        let wait = bound * Double.random(in: 0...1, using: &generator)
        failures += 1
        return wait
    }

    package mutating func next() -> Duration {
        var generator = SystemRandomNumberGenerator()
        return next(using: &generator)
    }

    package mutating func reset() { failures = 0 }
}
