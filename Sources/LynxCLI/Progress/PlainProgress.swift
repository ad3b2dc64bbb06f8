/// Progress for logs: a line at every tenth of the way, at most every few seconds in between, once a minute
/// while nothing ends, and when something gets in the way of all of it or goes out of it.
package struct PlainProgress: Sendable {
    private var last: ProgressSnapshot?

    private static let busySeconds = 5.0
    private static let idleSeconds = 60.0

    package init() {}

    package mutating func line(for progress: ProgressSnapshot) -> String? {
        guard isDue(progress) else { return nil }
        last = progress
        var parts = ["\(progress.finished)/\(progress.total) done (\(Int(progress.fraction * 100)) %)"]
        parts.append("\(progress.failed) failed")
        if progress.cancelled > 0 { parts.append("\(progress.cancelled) cancelled") }
        parts.append("\(progress.running) running")
        if progress.perMinute != nil { parts.append("\(ProgressLine.rate(progress))/min") }
        if let remaining = progress.remaining { parts.append("ETA \(NumberText.duration(remaining))") }
        parts.append("after \(NumberText.duration(progress.elapsed))")
        if let holdup = progress.holdup { parts.append(holdup) }
        return parts.joined(separator: ", ")
    }

    private func isDue(_ progress: ProgressSnapshot) -> Bool {
        guard let last, last.holdup == progress.holdup else { return true }
        if progress.finished == last.finished { return progress.elapsed - last.elapsed >= Self.idleSeconds }
        return Int(progress.fraction * 10) > Int(last.fraction * 10)
            || progress.elapsed - last.elapsed >= Self.busySeconds
    }
}
