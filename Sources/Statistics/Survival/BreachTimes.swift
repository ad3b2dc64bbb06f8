/// When runs breached, or how long they went without one.
///
/// Simulated time is in any unit, the same for all runs. A run that ended without a breach is censored at its end: it says
/// nothing of later times. This holds only if runs do not end for reasons that foretell a breach.
package struct BreachTimes: Sendable, Equatable {
    package struct Run: Sendable, Equatable {
        /// The breach's simulated time, or the run's end without one.
        package var time: Double
        /// Which condition was breached, from 0; nil for a run without a breach. Of several at once, the first counts.
        package var cause: Int?

        package init(time: Double, cause: Int?) {
            self.time = time
            self.cause = cause
        }
    }

    package enum Failure: Error, Equatable {
        /// No run has ended.
        case noRuns
        /// A time that is not finite, or a cause outside 0..<causes.
        case run(Int)
        /// A confidence outside (0, 1), or a negative count.
        case settings
    }

    /// A distinct time, with what happened at it.
    struct Event {
        var time: Double
        /// Runs that had neither breached nor ended before.
        var atRisk: Int
        var breaches: Int
        /// By cause.
        var byCause: [Int]
    }

    let runs: [Run]
    let causes: Int

    /// - Parameters:
    ///   - runs: those that are known to have breached or ended.
    ///   - causes: how many conditions there are.
    package init(_ runs: [Run], causes: Int = 1) throws(Failure) {
        guard !runs.isEmpty else { throw .noRuns }
        guard causes > 0 else { throw .settings }
        for (number, run) in runs.enumerated() {
            guard run.time.isFinite, run.cause.map({ (0..<causes).contains($0) }) ?? true else { throw .run(number) }
        }
        self.runs = runs.sorted { $0.time < $1.time }
        self.causes = causes
    }

    var first: Double { runs[0].time }
    var last: Double { runs[runs.count - 1].time }
    var endTimes: [Double] { runs.map(\.time) }

    /// Times with a breach, ascending. Runs that end at the time of a breach are at risk of it.
    var events: [Event] {
        var events: [Event] = []
        for (number, run) in runs.enumerated() {
            if number == 0 || runs[number - 1].time != run.time {
                if events.last?.breaches == 0 { events.removeLast() }
                events.append(
                    Event(
                        time: run.time, atRisk: runs.count - number, breaches: 0, byCause: [Int](repeating: 0, count: causes)))
            }
            guard let cause = run.cause else { continue }
            events[events.count - 1].breaches += 1
            events[events.count - 1].byCause[cause] += 1
        }
        if events.last?.breaches == 0 { events.removeLast() }
        return events
    }

    /// These runs and as many more that breached at the start of time, the worst that missing runs can have done; the start is
    /// 0, or the first known time if that is earlier.
    func adding(_ missing: Int, breachedBy cause: Int) -> BreachTimes {
        adding(missing, Run(time: min(0, first), cause: cause))
    }

    /// These runs and as many more that went to the last known end without a breach, the best that missing runs can have done.
    func addingWithoutBreach(_ missing: Int) -> BreachTimes {
        adding(missing, Run(time: last, cause: nil))
    }

    private func adding(_ count: Int, _ run: Run) -> BreachTimes {
        BreachTimes(sorted: (runs + [Run](repeating: run, count: count)).sorted { $0.time < $1.time }, causes: causes)
    }

    private init(sorted: [Run], causes: Int) {
        runs = sorted
        self.causes = causes
    }
}
