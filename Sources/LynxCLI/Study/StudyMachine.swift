import Glibc

/// How a child process ended.
package enum ProcessExit: Hashable, Sendable {
    case code(Int32)
    case signal(Int32)

    /// The exit status as a shell would report it.
    package var status: Int32 {
        switch self {
        case .code(let code): code
        case .signal(let signal): 128 + signal
        }
    }

    package var description: String {
        switch self {
        case .code(let code): "ended with exit code \(code)"
        case .signal(SIGKILL): "was killed"
        case .signal(let signal): "was ended by signal \(signal)"
        }
    }
}

/// The life of one study in this process: what happens to its runner when jobs end, signals come and processes die.
/// Pure: takes events, gives actions, does nothing.
package struct StudyMachine: Sendable {
    package enum Event: Hashable, Sendable {
        /// The runner has introduced itself to the control plane.
        case registered
        case runnerExited(ProcessExit)
        /// The pause before a restart is over.
        case restartDue
        /// So many jobs have ended.
        case progressed(finished: Int)
        /// All jobs are terminal.
        case batchEnded
        /// With the runner gone: whether all jobs are terminal still, or some lost their results again.
        case looked(isOver: Bool)
        /// SIGINT, SIGTERM or SIGHUP.
        case interrupted(Int32)
        /// The runner has had its time to end.
        case graceExpired
        /// The study cannot go on.
        case failed(CLIError)
        /// The batch's waiting jobs wait for something, of which this tells.
        case obstacle(String)
        /// The runner takes no more jobs; those that run may finish.
        case halted(CLIError)
    }

    package enum Action: Hashable, Sendable {
        case begin
        case startRunner
        case scheduleRestart(number: Int, exit: ProcessExit)
        /// One SIGTERM lets it finish what runs, a second one makes it stop at once.
        case terminateRunner
        case killRunner
        case startGrace
        /// Whether the batch has ended still. What the runner did last may have been to take results back.
        case lookAgain
        /// Tells why the batch goes on, and follows it to its end again.
        case goOn
        case sayDraining
        case sayStopping
        /// Find out whether it is something that the runner does not get over.
        case lookInto(obstacle: String)
        case conclude(Conclusion)
    }

    package enum Conclusion: Hashable, Sendable {
        case finished
        case interrupted(Int32)
        /// It ended before it had registered.
        case runnerRefused(ProcessExit)
        case runnerKeepsDying(ProcessExit)
        case failed(CLIError)
    }

    private enum Phase {
        case starting, working, draining, stopping, closing, looking, concluded
    }

    /// A runner that dies this often with no job ended in between will not do better the next time.
    package static let mostRestarts = 5

    private var phase = Phase.starting
    private var runnerAlive = true
    private var signal: Int32?
    private var failure: CLIError?
    private var restarts = 0
    private var finished = 0
    /// Times of grace that are running: the runner that an earlier one was given to may be another's predecessor.
    private var graces = 0

    package init() {}

    package mutating func handle(_ event: Event) -> [Action] {
        guard phase != .concluded else { return [] }
        switch event {
        case .registered:
            guard phase == .starting else { return [] }
            phase = .working
            return [.begin]
        case .runnerExited(let exit):
            return runnerExited(exit)
        case .restartDue:
            guard phase == .working, !runnerAlive else { return [] }
            runnerAlive = true
            return [.startRunner]
        case .progressed(let count):
            if count > finished { restarts = 0 }
            finished = count
            return []
        case .batchEnded:
            guard phase == .working else { return [] }
            return close()
        case .looked(let isOver):
            guard phase == .looking else { return [] }
            if isOver { return conclude(ending) }
            phase = .working
            runnerAlive = true
            return [.goOn, .startRunner]
        case .interrupted(let signal):
            return interrupted(signal)
        case .graceExpired:
            graces -= 1
            return runnerAlive && graces == 0 && (phase == .closing || phase == .stopping) ? [.killRunner] : []
        case .failed(let error):
            guard phase == .starting || phase == .working || phase == .looking else { return [] }
            failure = error
            return close()
        case .obstacle(let reason):
            return phase == .working ? [.lookInto(obstacle: reason)] : []
        case .halted(let error):
            guard phase == .working else { return [] }
            failure = error
            phase = .draining
            return runnerAlive ? [.terminateRunner] : conclude(ending)
        }
    }

    private mutating func runnerExited(_ exit: ProcessExit) -> [Action] {
        runnerAlive = false
        switch phase {
        case .starting: return conclude(.runnerRefused(exit))
        case .working:
            restarts += 1
            guard restarts <= Self.mostRestarts else { return conclude(.runnerKeepsDying(exit)) }
            return [.scheduleRestart(number: restarts, exit: exit)]
        case .closing: return look()
        case .draining, .stopping, .looking: return conclude(ending)
        case .concluded: return []
        }
    }

    private mutating func interrupted(_ signal: Int32) -> [Action] {
        switch phase {
        case .starting, .working:
            self.signal = signal
            phase = .draining
            return runnerAlive ? [.sayDraining, .terminateRunner] : conclude(ending)
        case .draining:
            phase = .stopping
            return [.sayStopping, .terminateRunner] + startGrace()
        case .closing:
            // The runner has nothing left to do, so it is told to be quick.
            self.signal = signal
            phase = .stopping
            return [.terminateRunner]
        case .stopping: return [.killRunner]
        case .looking:
            self.signal = signal
            return conclude(ending)
        case .concluded: return []
        }
    }

    private mutating func close() -> [Action] {
        phase = .closing
        return runnerAlive ? [.terminateRunner] + startGrace() : look()
    }

    private mutating func look() -> [Action] {
        if failure != nil { return conclude(ending) }
        phase = .looking
        return [.lookAgain]
    }

    private mutating func startGrace() -> [Action] {
        graces += 1
        return [.startGrace]
    }

    private var ending: Conclusion {
        if let failure { return .failed(failure) }
        return signal.map { .interrupted($0) } ?? .finished
    }

    private mutating func conclude(_ conclusion: Conclusion) -> [Action] {
        phase = .concluded
        return [.conclude(conclusion)]
    }
}
