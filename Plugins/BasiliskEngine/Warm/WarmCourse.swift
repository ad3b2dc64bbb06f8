import CLinux

/// The progress of one scenario towards warm starts, and the next step. A pure state machine.
struct WarmCourse: Sendable {
    enum Phase: Hashable, Sendable {
        /// No run has succeeded yet; all start cold.
        case cold
        /// A cold run is being observed.
        case learning
        /// The engine is testing which imports may be done beforehand.
        case vetting(pass: Int)
        /// Warm runs are being compared with cold ones.
        case proving(step: Int, of: Int)
        /// The proof succeeded, and a parent is importing.
        case importing
        /// Jobs are started as copies of the parent.
        case ready
        /// Jobs are started cold for this reason.
        case off(String)
    }

    enum Step: Hashable, Sendable {
        case none
        /// Learning, vetting and proving, as far as they have not been done yet.
        case prove
        /// The work under way continues at normal priority.
        case hurry
        case startParent
    }

    /// The number of parents that may be lost in a row without a job started between them.
    static let maxLosses = 3

    private(set) var phase = Phase.cold
    private(set) var coldRuns: Int
    private var losses = 0
    /// Whether the proof waits until `patience` is over.
    private var isPostponed = false
    private var hasHurried = false

    /// - Parameters:
    ///   - coldRuns: the number of cold runs that ended before.
    ///   - patience: the number of cold runs after which the proof may compete with jobs.
    ///   - beginsBeside: whether the proof begins earlier with processor time that jobs leave over.
    init(coldRuns: Int, patience: Int, beginsBeside: Bool = true) {
        self.coldRuns = coldRuns
        self.patience = patience
        self.beginsBeside = beginsBeside
    }

    private let beginsBeside: Bool
    /// Whether more runs have to end before learning begins.
    var isTooFew: Bool { phase == .cold && !beginsBeside && !isHurried }

    var patience: Int
    var isHurried: Bool { coldRuns >= patience }

    private var isBeingProved: Bool {
        switch phase {
        case .learning, .vetting, .proving: true
        case .cold, .importing, .ready, .off: false
        }
    }

    /// - Parameter success: whether the run succeeded, so that something can be learned from it.
    mutating func coldRunEnded(success: Bool) -> Step {
        coldRuns += 1
        if phase == .cold, success { return isTooFew ? .none : begin() }
        guard isBeingProved, isHurried, !hasHurried else { return .none }
        hasHurried = true
        guard isPostponed else { return .hurry }
        isPostponed = false
        return .prove
    }

    /// Continues with partial results of an earlier start.
    mutating func resume() -> Step { phase == .cold && !isTooFew ? begin() : .none }

    private mutating func begin() -> Step {
        phase = .learning
        hasHurried = isHurried
        return .prove
    }

    /// Records the progress of the work that `prove` requested.
    mutating func proceed(to phase: Phase) {
        if isBeingProved { self.phase = phase }
    }

    /// Records that the proof did not get far enough beside the jobs. It continues when it may compete with them.
    mutating func postpone() -> Step {
        guard isBeingProved else { return .none }
        if isHurried { return .prove }
        isPostponed = true
        return .none
    }

    /// Records a proof, made now or at an earlier start with the same files.
    mutating func prove() -> Step {
        if case .off = phase { return .none }
        phase = .importing
        return .startParent
    }

    mutating func parentIsReady() {
        if phase == .importing { phase = .ready }
    }

    /// Restarts from the beginning, as files that the proof depends on have changed.
    mutating func filesChanged() { phase = .cold }

    mutating func jobStarted() { losses = 0 }

    mutating func parentIsLost(_ why: String) -> Step {
        losses += 1
        guard losses < Self.maxLosses else {
            phase = .off("its warm parent was lost again and again: \(why)")
            return .none
        }
        phase = .importing
        return .startParent
    }

    mutating func turnOff(_ why: String) { phase = .off(why) }
}

/// Determines when a proof may use processor time that jobs then lack: as soon as it is likely to be worthwhile.
struct ProofPatience: Sendable {
    /// The number of cold runs before the proof; nil determines it from the costs.
    var fixed: Int?
    /// The number of jobs to expect; nil if unknown.
    var expectedJobs: Int?
    var processors = Int(max(1, lynx_processor_count()))

    /// Whether the runner ends after a study of known size, so that a proof cannot pay off later.
    var expectsFew: Bool { fixed == nil && expectedJobs != nil }

    /// The number of cold runs before the proof.
    ///
    /// A proof takes about as long as six runs and six times their imports, which is what `breakEven` warm runs save. If the
    /// number of further runs is unknown, it begins after as many, so that at most twice the minimum is spent. If it is known,
    /// the proof begins at once if there are many, and otherwise not at all: beside jobs on n processors it takes so long that
    /// n + 1 times as many are needed. As many runs are expected again as were run before.
    ///
    /// - Parameters:
    ///   - seconds: the duration of a cold run; imports are assumed to take a second of it, or most of it.
    ///   - before: the number of cold runs of earlier studies.
    func runs(takingCold seconds: Double, before: Int) -> Int {
        if let fixed { return fixed }
        let importing = max(0.01, min(1, 0.8 * seconds))
        let breakEven = min(1e6, 6 + 6 * seconds / importing)
        guard let expectedJobs else { return Int(breakEven) }
        return Double(expectedJobs) + Double(before) > breakEven * Double(processors + 1) ? 0 : .max
    }
}

extension WarmCourse.Phase: CustomStringConvertible {
    /// A description for the user; may be empty.
    var description: String {
        switch self {
        case .cold: "cold until a run has succeeded that can be learned from"
        case .learning: "learning from a cold run"
        case .vetting(let pass): "being proved: trying its imports out, pass \(pass)"
        case .proving(let step, let count): "being proved, step \(step) of \(count)"
        case .importing: "proven; its parent is importing"
        case .ready: ""
        case .off(let why): why
        }
    }
}
