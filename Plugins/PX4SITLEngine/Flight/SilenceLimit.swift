/// How long a PX4 that flies may say nothing.
struct SilenceLimit: Sendable {
    let nanoseconds: UInt64

    init(seconds: Double) { nanoseconds = UInt64(seconds * 1e9) }

    /// Nanoseconds until it is over, counted from the last word; nil: it is.
    func rest(lastHeard: UInt64, now: UInt64) -> UInt64? {
        let silence = now > lastHeard ? now - lastHeard : 0
        return silence < nanoseconds ? nanoseconds - silence : nil
    }
}
