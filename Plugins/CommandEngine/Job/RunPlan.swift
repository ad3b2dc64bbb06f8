import CommandDocument
import EngineABI
import EngineKit
import LynxModel

/// Everything about one run that is known before it starts. Its files are in place.
struct RunPlan: Sendable {
    /// A program that runs beside the command.
    struct Server: Sendable {
        var request: GuardedProcess.Request
        var ready: RunSign?
        var readyTimeout: Double
        var stop: StopSignal
        /// For messages: `server 1 (gz)`.
        var name: String
    }

    let token: UInt64
    let files: JobFiles
    let request: GuardedProcess.Request
    private(set) var servers: [Server] = []
    let exitCodes: ExitCodeTable
    private(set) var results: [RunResults.Source] = []
    private(set) var telemetry: [Follower.Source] = []
    private(set) var stopWhen: RunSign?
    let stopSignal: StopSignal
    private(set) var placed: PlacedFiles
    /// Kept until the run is over.
    private let leases: [PortLease]
    /// The size that the command's standard output is cut to once its telemetry has been read; nil if it is captured as usual.
    let cutsOutputTo: UInt64?

    /// How much of standard output is captured of a run whose telemetry is there, in bytes.
    private static let telemetryCapture: UInt64 = 1 << 30

    /// Whether the run needs more than a process whose end is waited for.
    var needsAttention: Bool { !servers.isEmpty || !telemetry.isEmpty || stopWhen != nil }

    /// - Throws: the first field of a template that has no value, and what a file or port lacks.
    init(
        _ options: CommandOptions, run: RunConfiguration, _ job: JobRequest, _ files: JobFiles, _ surroundings: Surroundings
    ) throws(EngineError) {
        let base = ScenarioEnvironment.make(
            runConfig: files.runConfig, telemetryURL: job.telemetryURL, outputDirectory: files.output, temporaryDirectory: files.temporary)
        leases = try Self.lease(options.ports)
        var values = TemplateValues(run)
        values.single["attempt"] = .integer(Int64(job.attempt))
        values.single["output_dir"] = .string(files.output)
        values.single["job_dir"] = .string(files.directory)
        values.single["working_directory"] = .string(surroundings.workingDirectory)
        values.single["run_config"] = .string(files.runConfig)
        values.single["temporary_dir"] = .string(files.temporary ?? base["TMPDIR"] ?? "/tmp")
        values.single["telemetry_url"] = .string(job.telemetryURL)
        values.groups["env"] = base.mapValues { .string($0) }
        values.groups["ports"] = Dictionary(
            uniqueKeysWithValues: zip(options.ports.keys.sorted(), leases.map { ParameterValue.integer(Int64($0.number)) }))

        let filler = Filler(values: values, surroundings: surroundings, output: files.output)
        placed = PlacedFiles(directory: files.output)
        try filler.place(options.files, into: &placed)
        try filler.place(options.runConfig, of: run, into: &placed)

        let extra = try options.runConfig.arguments.isEmpty ? [] : filler.arguments(options.runConfig.arguments, run.parameters)
        let own = RunConfigForms.environment(options.runConfig, run)
        let readsOutput = options.telemetry.contains { $0.source == .stdout }
        cutsOutputTo = readsOutput ? surroundings.captureBytes : nil
        var request = try filler.request(
            options.command, extra, options.directory, options.environment, base.merging(own) { $1 }, option: "command", stdout: files.stdout,
            stderr: files.stderr, captureBytes: readsOutput ? max(surroundings.captureBytes, Self.telemetryCapture) : surroundings.captureBytes)
        request.confinement = job.confinement
        self.request = request
        exitCodes = options.exitCodes
        stopSignal = options.stop?.stop ?? StopSignal()
        token = job.token
        self.files = files

        for (index, server) in options.servers.enumerated() {
            let number = index + 1
            var request = try filler.request(
                server.command, [], server.directory, server.environment, base.merging(own) { $1 }, option: "servers[\(index)].command",
                stdout: "\(files.output)/server-\(number).stdout.log", stderr: "\(files.output)/server-\(number).stderr.log",
                captureBytes: surroundings.captureBytes)
            request.confinement = job.confinement
            let name = request.program.split(separator: "/").last.map { String($0) } ?? request.program
            servers.append(
                Server(
                    request: request, ready: try server.ready.map { sign throws(EngineError) in try filler.sign(sign, "servers[\(index)].ready", output: request) },
                    readyTimeout: server.readyTimeout, stop: server.stop, name: "server \(number) (\(name))"))
        }
        stopWhen = try options.stop.map { stop throws(EngineError) in try filler.sign(stop.when, "stop.when", output: request) }
        try CommandScript.write(request, extra: request.environment.filter { base[$0.key] != $0.value }, files)
        for (index, result) in options.results.enumerated() {
            results.append(RunResults.Source(spec: result, file: try filler.path(of: result.source, files, "results[\(index)]")))
        }
        for (index, source) in options.telemetry.enumerated() {
            let file = try filler.path(of: source.source, files, "telemetry[\(index)].from")
            telemetry.append(Follower.Source(spec: source, file: file))
        }
    }

    private static func lease(_ ports: [String: PortChoice]) throws(EngineError) -> [PortLease] {
        var leases: [PortLease] = []
        for (name, choice) in ports.sorted(by: { $0.key < $1.key }) {
            guard let lease = PortLease.take(choice) else {
                throw EngineError(lynx_status(LYNX_E_RESOURCES), "ports.\(name): no port is free; give a wider range, or let fewer jobs run at a time")
            }
            leases.append(lease)
        }
        return leases
    }
}

/// A file that a run writes, for messages and on the disk.
struct RunFile: Hashable, Sendable {
    /// As the user calls it: `stdout`, `flight.csv`.
    var name: String
    /// Absolute.
    var path: String
}

/// A sign, with the fields of its option filled.
enum RunSign: Sendable {
    case output(pattern: String, stdout: String, stderr: String)
    case file(String)
    case port(UInt16)
    case seconds(Double)
}
