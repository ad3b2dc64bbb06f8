import Testing

@testable import RunnerHost

@Suite("Backing off")
struct BackoffTests {
    @Test("The bound of the wait doubles with each failure up to the cap")
    func bounds() {
        var backoff = Backoff(base: .milliseconds(250), cap: .seconds(10))
        var bounds: [Duration] = []
        for _ in 0..<8 {
            bounds.append(backoff.bound)
            _ = backoff.next()
        }
        #expect(bounds == [250, 500, 1000, 2000, 4000, 8000, 10000, 10000].map(Duration.milliseconds))
    }

    @Test("A wait is drawn from all of nought to its bound")
    func fullJitter() {
        var generator = SystemRandomNumberGenerator()
        let waits = (0..<2000).map { _ in
            var backoff = Backoff(base: .seconds(1), cap: .seconds(10))
            return backoff.next(using: &generator)
        }
        let (least, most) = (waits.min() ?? .zero, waits.max() ?? .zero)
        #expect(least >= .zero && most <= .seconds(1))
        // Each has a chance of 0.9^2000 to be missed.
        #expect(least < .milliseconds(100))
        #expect(most > .milliseconds(900))
    }

    @Test("Years of failures do not overflow the wait")
    func longOutage() {
        var backoff = Backoff()
        for _ in 0..<100_000 { _ = backoff.next() }
        #expect(backoff.bound == .seconds(10))
        backoff.reset()
        #expect(backoff.bound == .milliseconds(250))
    }
}
