/// How far one scenario has come towards warm starts, and what is to be done next. It does nothing itself.
struct WarmCourse: Sendable {
    enum Phase: Hashable, Sendable {
        /// No run has ended with success yet; all start cold.
        case cold
        /// A cold run is watched.
        case learning
        /// It is tried out which imports may be done beforehand.
        case vetting(pass: Int)
        /// Warm runs are compared with cold ones.
        case proving(step: Int, of: Int)
        /// It is proven, and a parent does the imports.
        case importing
        /// Jobs are copies of the parent.
        case ready
        /// They are started cold; why.
        case off(String)
    }

    enum Step: Hashable, Sendable {
        case none
        /// To be learned, vetted and proved, as far as that has not been done yet.
        case prove
        /// What is under way goes on at normal priority.
        case hurry
        case startParent
    }

    /// So many parents may be lost in a row without a job started between them.
    static let maxLosses = 3

    private(set) var phase = Phase.cold
    private(set) var coldRuns: Int
    private var losses = 0
    /// Whether it waits for `patience` to be over.
    private var isPostponed = false
    private var hasHurried = false

    /// - Parameters:
    ///   - coldRuns: those that have ended before.
    ///   - patience: after so many cold runs the proof may compete with jobs.
    ///   - beginsBeside: whether it begins before, with what jobs leave of the processors.
    init(coldRuns: Int, patience: Int, beginsBeside: Bool = true) {
        self.coldRuns = coldRuns
        self.patience = patience
        self.beginsBeside = beginsBeside
    }

    private let beginsBeside: Bool
    /// Whether more runs have to be seen before learning begins.
    var isTooFew: Bool { phase == .cold && !beginsBeside && !isHurried }

    var patience: Int
    var isHurried: Bool { coldRuns >= patience }

    private var isBeingProved: Bool {
        switch phase {
        case .learning, .vetting, .proving: true
        case .cold, .importing, .ready, .off: false
        }
    }

    /// - Parameter success: whether there is something to learn from.
    mutating func coldRunEnded(success: Bool) -> Step {
        coldRuns += 1
        if phase == .cold, success { return isTooFew ? .none : begin() }
        guard isBeingProved, isHurried, !hasHurried else { return .none }
        hasHurried = true
        guard isPostponed else { return .hurry }
        isPostponed = false
        return .prove
    }

    /// Something was found out at an earlier start, but not all.
    mutating func resume() -> Step { phase == .cold && !isTooFew ? begin() : .none }

    private mutating func begin() -> Step {
        phase = .learning
        hasHurried = isHurried
        return .prove
    }

    /// How far the work is that `prove` asked for.
    mutating func proceed(to phase: Phase) {
        if isBeingProved { self.phase = phase }
    }

    /// It did not get far enough beside the jobs. It is taken up again when it may compete with them.
    mutating func postpone() -> Step {
        guard isBeingProved else { return .none }
        if isHurried { return .prove }
        isPostponed = true
        return .none
    }

    /// Now, or at an earlier start with the same files.
    mutating func prove() -> Step {
        if case .off = phase { return .none }
        phase = .importing
        return .startParent
    }

    mutating func parentIsReady() {
        if phase == .importing { phase = .ready }
    }

    /// What it rests on is not the same any more: all begins anew.
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
