/// The points in time, evenly spaced from a start, at which breaches are told.
struct CheckGrid: Hashable, Sendable {
    private let start: UInt64
    private let hertz: Double

    /// Nil when the frequency is 0: there is no grid to wait for.
    init?(hertz: Double, start: UInt64) {
        guard hertz > 0, hertz.isFinite else { return nil }
        self.start = start
        self.hertz = hertz
    }

    /// The first point later than `now`, in nanoseconds; never earlier than `now`, however fine the grid.
    func point(after now: UInt64) -> UInt64 {
        let elapsed = now > start ? Double(now - start) : 0
        let number = (elapsed * 1e-9 * hertz).rounded(.down) + 1
        guard let offset = UInt64(exactly: (number / hertz * 1e9).rounded(.up)) else { return .max }
        let (point, overflow) = start.addingReportingOverflow(offset)
        return overflow ? .max : max(point, now)
    }
}
