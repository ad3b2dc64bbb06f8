import ArgumentParser
import EngineCheck
import Dispatch
import FoundationEssentials
import Glibc
import LynxDocument
import LynxModel
import RunnerHost
import Support

struct CheckEngineCommand: ParsableCommand {
    static let name = "check-engine"

    private static let defaultTimeLimit = 60.0

    static let configuration = CommandConfiguration(
        commandName: name, abstract: "Check an engine against the rules of engine_abi.h.",
        discussion: """
            Each check runs in a process of its own, with a time limit. A failed check names the rule of the header that the
            engine breaks.

              runner-host check-engine engines/shell_engine.so --options options.yaml
              runner-host check-engine my_engine.so --include 'leak-*'

            EXIT CODES: 0 all checks passed; 1 some failed; 2 bad input; 130 interrupted.
            """)

    @Argument(help: ArgumentHelp("The engine, a shared library.", valueName: "file"))
    var file: String?

    @Option(help: ArgumentHelp("YAML file with the engine's options, as in its section of engine_options.", valueName: "file"))
    var options: String?

    @Option(help: ArgumentHelp("YAML file with a runner's configuration, from which the engine gets its settings.", valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("JSON file with the run configuration of the jobs.", valueName: "file"))
    var job: String?

    @Option(help: ArgumentHelp("Make only checks whose names match; may be given several times.", valueName: "glob"))
    var include: [String] = []

    @Option(help: ArgumentHelp("Leave out checks whose names match; may be given several times.", valueName: "glob"))
    var exclude: [String] = []

    @Flag(help: "Show only the checks that failed.")
    var onlyFailed = false

    @Flag(help: "Print the findings as JSON.")
    var json = false

    @Flag(help: "List the checks and their rules, and end.")
    var list = false

    @Option(help: ArgumentHelp("How many checks run at the same time.", valueName: "count"))
    var jobs = min(4, MachineProcessors.count)

    @Option(help: ArgumentHelp("Time limit of one check, in seconds; it begins again with each job that the check ends.", valueName: "seconds"))
    var timeLimit = Self.defaultTimeLimit

    @Option(help: ArgumentHelp("How many jobs the checks for leaks run.", valueName: "count"))
    var leakJobs = 1000

    @Option(help: ArgumentHelp("How long each of them runs jobs, in seconds; slow jobs get more.", valueName: "seconds"))
    var leakSeconds = 10.0

    @Option(help: ArgumentHelp("Make random calls for that long instead of the checks, such as 90s, 10m or 2h.", valueName: "duration"))
    var fuzz: String?

    @Option(help: ArgumentHelp("Where the random calls begin; without it they begin elsewhere each time.", valueName: "number"))
    var seed: UInt64?

    @Option(help: ArgumentHelp("Repeat the one sequence of random calls that failed.", valueName: "number"))
    var reproduce: UInt64?

    func validate() throws {
        if let fuzz, FuzzCommand.seconds(fuzz) == nil { throw ValidationError("--fuzz is '\(fuzz)'; give a duration such as 90s, 10m or 2h") }
        guard file != nil || list else { throw ValidationError("give the engine's file") }
        guard (1...256).contains(jobs) else { throw ValidationError("--jobs is \(jobs); give a whole number from 1 to 256") }
        guard timeLimit >= 1, timeLimit <= 86400 else { throw ValidationError("--time-limit is \(timeLimit); give seconds from 1 to 86400") }
        guard (2...1_000_000).contains(leakJobs) else { throw ValidationError("--leak-jobs is \(leakJobs); give a whole number from 2 to 1000000") }
        guard leakSeconds > 0, leakSeconds <= 86400 else { throw ValidationError("--leak-seconds is \(leakSeconds); give seconds up to 86400") }
    }

    func run() throws {
        var asked = CheckOptions(library: file.map(CheckInput.absolute) ?? "")
        asked.include = include
        asked.exclude = exclude
        asked.jobs = jobs
        asked.secondsPerCheck = timeLimit
        asked.leakJobs = leakJobs
        asked.leakSeconds = leakSeconds
        if let glob = asked.unmatched { refuse(["no check is called '\(glob)'; see check-engine --list"]) }
        if list { return printList(asked.selected) }
        do throws(EngineRefusal) {
            try EngineFile(path: asked.library).check()
        } catch {
            refuse(["\(file ?? ""): \(error)"])
        }
        asked.runConfig = job.map(CheckInput.runConfig)
        try check(asked, settings: CheckInput.settings(options: options, config: config))
    }

    /// The part of the command line that says what is checked, and when a sequence of calls has failed.
    private func arguments() -> [String] {
        let limit = timeLimit == Self.defaultTimeLimit ? nil : "\(timeLimit)"
        let options = [("--options", options), ("--config", config), ("--job", job), ("--time-limit", limit)]
        return [file ?? ""] + options.flatMap { name, value in value.map { [name, $0] } ?? [] }
    }

    private func printList(_ checks: [Check]) {
        for check in checks {
            print("\(check.name)\(check.isAdvice ? " (advice)" : "")\n    \(check.summary)\n    \(check.rule.description)")
        }
        print("\(checks.count) checks")
    }

    private func check(_ asked: CheckOptions, settings: @escaping @Sendable (CheckedEngine?) -> [String: String]) throws {
        var code: Int32 = 0
        do {
            let run = try CheckRun(asked, settings: settings)
            let stop = Interruption { run.interrupt() }
            defer {
                withExtendedLifetime(stop) {}
                run.clear()
            }
            let (engine, reason) = try run.look()
            if !json {
                say(
                    engine.map { "engine \($0.id) \($0.version), ABI \($0.abi), \(asked.library)" } ?? "\(asked.library): \(reason)",
                    on: STDOUT_FILENO)
            }
            if fuzz != nil || reproduce != nil {
                let command = FuzzCommand(run: run, engine: engine, arguments: arguments(), jobs: jobs)
                code =
                    try reproduce.map(command.repeatOne)
                    ?? command.run(seconds: FuzzCommand.seconds(fuzz ?? "")!, seed: seed ?? .random(in: .min ... .max))
                if code != 0 { throw ExitCode(code) }
                return
            }
            let checks = asked.selected
            var style = CheckReport.Style()
            style.onlyFailed = onlyFailed
            let progress = ProgressLine(checks.count, isShown: !json)
            let findings = try run.run(checks, of: engine) { [style, json] finding in
                progress.clear()
                if !json, CheckReport.isShown(finding, style) { for line in CheckReport.lines(finding) { say(line, on: STDOUT_FILENO) } }
                progress.advance(finding.isFailure)
            }
            progress.clear()
            if json {
                print(try CheckReport.json(findings.filter { CheckReport.isShown($0, style) }, file: asked.library, engine: engine))
            } else {
                say(CheckReport.summary(findings), on: STDOUT_FILENO)
            }
            code = run.isInterrupted ? 130 : findings.contains { $0.isFailure } ? 1 : 0
            if run.isInterrupted { say("runner-host: interrupted after \(findings.count) of \(checks.count) checks", on: STDERR_FILENO) }
        }
        if code != 0 { throw ExitCode(code) }
    }
}

/// Calls its handler at SIGINT and SIGTERM, as long as it lives.
private final class Interruption {
    private let sources: [any DispatchSourceSignal]

    init(_ handler: @escaping @Sendable () -> Void) {
        sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler(handler: handler)
            source.resume()
            return source
        }
    }
}
