import CLinux

/// When a proof gets a share of the processors, which jobs then lack: once it is likely to be worth that.
struct ProofPatience: Sendable {
    /// After so many cold runs; nil: as is worth it.
    var fixed: Int?
    /// How many there will be, if that is known.
    var expectedJobs: Int?
    var processors = Int(max(1, lynx_processor_count()))

    /// The runner ends with a study of known size, so that what is not worth its time is of no use later either.
    var expectsFew: Bool { fixed == nil && expectedJobs != nil }

    /// After how many cold runs.
    ///
    /// A proof takes about as long as six runs and six times their imports, which is what as many warm runs save as
    /// `breakEven` says. Where nobody knows how many follow, it begins when as many have been done: so no more than twice the
    /// least is spent. Where that is known, it begins at once if they are many, and else not at all: beside jobs on n
    /// processors it goes on for so long that n + 1 times as many are needed. Of what was run before, as much is expected again.
    ///
    /// - Parameters:
    ///   - seconds: how long a cold run takes, of which the imports are taken to be a second, or most of it.
    ///   - before: the cold runs of earlier studies.
    func runs(takingCold seconds: Double, before: Int) -> Int {
        if let fixed { return fixed }
        let importing = max(0.01, min(1, 0.8 * seconds))
        let breakEven = min(1e6, 6 + 6 * seconds / importing)
        guard let expectedJobs else { return Int(breakEven) }
        return Double(expectedJobs) + Double(before) > breakEven * Double(processors + 1) ? 0 : .max
    }
}
