import CLinux
import Dispatch
import Glibc
import RunnerHost
import Support
import Synchronization

/// All checks of one engine, some of them at the same time, each in a process of its own.
package final class CheckRun: Sendable {
    package struct Finding: Sendable {
        package let check: Check
        let result: CheckProcess.Result
        package var isFailure: Bool { result.verdict.kind == .failed }
    }

    private let options: CheckOptions
    /// The engine's settings, which depend on what it says of itself.
    private let settings: @Sendable (_ engine: CheckedEngine?) -> [String: String]
    private let folder: String
    private let number = Atomic(0)
    private let interrupted = Atomic(false)

    /// - Parameters:
    ///   - settings: returns those of an engine; nil is one that does not even tell its id.
    package init(_ options: CheckOptions, settings: @escaping @Sendable (_ engine: CheckedEngine?) -> [String: String]) throws {
        self.options = options
        self.settings = settings
        // Short, as there will be sockets below it.
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/lynx-check-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw FileError.last("make a folder in", parent) }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        // How a process ended can only be learnt by its parent, and its guardian is gone by then.
        _ = lynx_set_child_subreaper()
    }

    /// Removes the files of all checks. Nothing may run any more.
    package func clear() { _ = try? DirectoryRemoval.remove(folder) }

    /// Ends the checks that run, and begins no more.
    package func interrupt() { interrupted.store(true, ordering: .relaxed) }
    package var isInterrupted: Bool { interrupted.load(ordering: .relaxed) }

    /// What the engine says of itself; nil if it cannot be asked, with the reason.
    package func look() throws -> (engine: CheckedEngine?, reason: String) {
        guard let result = try process(CheckTable.look.name, of: nil).run(isInterrupted: { isInterrupted }) else { return (nil, "interrupted") }
        return (result.verdict.engine, result.verdict.message)
    }

    /// Makes the checks.
    ///
    /// - Parameter onFinding: called for each as it ends, by one thread at a time.
    package func run(_ checks: [Check], of engine: CheckedEngine?, onFinding: @escaping @Sendable (Finding) -> Void) throws -> [Finding] {
        let next = Atomic(0)
        let findings = Mutex<[Finding]>([])
        let problem = Mutex<(any Error)?>(nil)
        DispatchQueue.concurrentPerform(iterations: max(1, min(options.jobs, checks.count))) { _ in
            while true {
                let index = next.add(1, ordering: .relaxed).oldValue
                guard index < checks.count, !isInterrupted else { return }
                do {
                    guard let finding = try judge(checks[index], engine) else { return }
                    findings.withLock { all in
                        all.append(finding)
                        onFinding(finding)
                    }
                } catch {
                    problem.withLock { $0 = error }
                    interrupt()
                }
            }
        }
        if let error = problem.withLock({ $0 }) { throw error }
        let order = Dictionary(uniqueKeysWithValues: checks.enumerated().map { ($1.name, $0) })
        return findings.withLock { $0 }.sorted { order[$0.check.name]! < order[$1.check.name]! }
    }

    private func judge(_ check: Check, _ engine: CheckedEngine?) throws -> Finding? {
        var last: CheckProcess.Result?
        for _ in 0..<check.tries {
            guard let result = try process(check.name, of: engine).run(isInterrupted: { isInterrupted }) else { return nil }
            last = result
            if result.verdict.kind != .failed { break }
        }
        guard var result = last else { return nil }
        if check.isAdvice, result.verdict.kind == .failed { result.verdict.kind = .advice }
        return Finding(check: check, result: result)
    }

    /// The process of one check or of one sequence of the fuzzer.
    func process(_ check: String, of engine: CheckedEngine?, seed: UInt64 = 0) -> CheckProcess {
        let place = "\(folder)/\(number.add(1, ordering: .relaxed).newValue)"
        var plan = Plan(library: options.library, check: check, folder: place)
        plan.settings = settings(engine)
        plan.settings["state_directory"] = "\(place)/state"
        plan.runConfig = options.runConfig
        plan.engineID = engine?.id
        plan.leakJobs = options.leakJobs
        plan.leakSeconds = options.leakSeconds
        plan.secondsPerCheck = options.secondsPerCheck
        plan.seed = seed
        return CheckProcess(plan: plan, limits: options.limits)
    }
}
