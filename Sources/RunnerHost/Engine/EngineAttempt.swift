import EngineABI
import LynxModel
import Synchronization

/// One attempt inside an engine: the functions of `lynx_engine` in the order and states the ABI asks for.
///
/// Sendable because the handle is only passed to the engine, whose functions are allowed on any thread, one
/// at a time for a job (`run` of the supervisor is sequential), but for `terminate`, which is allowed at any time
/// between launch and reap: `AttemptControl` sees to that.
struct EngineAttempt: @unchecked Sendable {
    /// What an engine is told of the attempt.
    struct Job: Sendable {
        var token: UInt64
        var assignment: JobAssignment
        var directory: AttemptDirectory
        var runConfigJSON: String
        var telemetryURL: String
    }

    struct Process: Sendable {
        /// Of the process group's leader; nil when the engine alone can end what it starts.
        var pid: Int32?
        var exitDescriptor: Int32
    }

    struct Exit: Sendable {
        var exitCode: Int32?
        var exitSignal: Int32?
        var success: Bool
        var retryable: Bool
        var maxRSSBytes: Int64?
        var message: String
        /// The simulator failed, not what was simulated.
        var isSimulatorFault: Bool
    }

    private let table: UnsafePointer<lynx_engine>
    private let engine: String
    private let handle: OpaquePointer

    /// `prepare`. Every attempt that was prepared is released, once.
    init(_ engine: EngineLibrary, _ job: Job) throws(EngineFailure) {
        table = engine.table
        self.engine = engine.id
        let id = engine.id
        var handle: OpaquePointer?
        let table = self.table
        try job.assignment.jobID.withLynxString { (jobID) throws(EngineFailure) in
            try job.assignment.batchID.withLynxString { (batchID) throws(EngineFailure) in
                try job.directory.path.withLynxString { (directory) throws(EngineFailure) in
                    try job.runConfigJSON.withLynxString { (runConfig) throws(EngineFailure) in
                        try job.telemetryURL.withLynxString { (telemetryURL) throws(EngineFailure) in
                            try job.assignment.runConfig.simulation.type.withLynxString { (type) throws(EngineFailure) in
                                try job.directory.temporary.withLynxString { (temporary) throws(EngineFailure) in
                                    var raw = lynx_job(
                                        struct_size: UInt32(MemoryLayout<lynx_job>.size), attempt: UInt32(job.assignment.attempt),
                                        token: job.token, job_id: jobID, batch_id: batchID, directory: directory,
                                        run_config_json: runConfig, telemetry_url: telemetryURL, simulation_type: type,
                                        temporary_directory: temporary)
                                    try EngineActivity.during("prepare", of: id) { () throws(EngineFailure) in
                                        try EngineFailure.check { table.pointee.prepare(table, &raw, &handle, $0) }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
        guard let handle else { throw EngineFailure(kind: .internal, message: "the engine prepared a job without giving a handle") }
        self.handle = handle
    }

    func launch() throws(EngineFailure) -> Process {
        var process = lynx_process(struct_size: UInt32(MemoryLayout<lynx_process>.size), pid: 0, exit_fd: -1)
        try EngineActivity.during("launch", of: engine) { () throws(EngineFailure) in
            try EngineFailure.check { table.pointee.launch(handle, &process, $0) }
        }
        guard process.pid == 0 || process.pid > 1, process.exit_fd >= 0 else {
            throw EngineFailure(kind: .internal, message: "the engine launched a job without giving its process and exit descriptor")
        }
        return Process(pid: process.pid == 0 ? nil : process.pid, exitDescriptor: process.exit_fd)
    }

    func terminate() { EngineActivity.during("terminate", of: engine) { table.pointee.terminate(handle) } }

    func reap() throws(EngineFailure) -> Exit {
        var exit = lynx_exit()
        exit.struct_size = UInt32(MemoryLayout<lynx_exit>.size)
        exit.exit_code = -1
        try EngineActivity.during("reap", of: engine) { () throws(EngineFailure) in
            try EngineFailure.check { table.pointee.reap(handle, &exit, $0) }
        }
        return Exit(
            exitCode: exit.exit_code >= 0 ? exit.exit_code : nil, exitSignal: exit.exit_signal > 0 ? exit.exit_signal : nil,
            success: exit.success != 0, retryable: exit.retryable != 0,
            maxRSSBytes: exit.max_rss_bytes > 0 ? exit.max_rss_bytes : nil, message: String(cMessage: &exit.message),
            isSimulatorFault: exit.failure_class == Int32(LYNX_FAILURE_SIMULATOR.rawValue))
    }

    /// - Parameters:
    ///   - abandoned: why nobody waits for the files any more; nil while somebody does.
    ///   - onProgress: called with each thing that the engine reports, and with each sign that it is at work.
    func collect(
        _ limits: ArtifactLimits, abandoned: @escaping () -> StopReason?, onProgress: @escaping () -> Void
    ) throws(EngineFailure) -> CollectedFiles {
        let files = CollectedFiles(abandoned, onProgress: onProgress)
        var collector = lynx_collector(
            struct_size: UInt32(MemoryLayout<lynx_collector>.size), context: Unmanaged.passUnretained(files).toOpaque(),
            output_directory: { CollectedFiles.of($0).outputDirectory = String(lynx: $1) },
            artifact: { CollectedFiles.of($0).take($1!.pointee) },
            warning: { CollectedFiles.of($0).warn(String(lynx: $1)) },
            max_file_bytes: limits.file, max_total_bytes: limits.total, is_cancelled: { CollectedFiles.of($0).isAbandoned ? 1 : 0 })
        try EngineActivity.during("collect", of: engine) { () throws(EngineFailure) in
            try EngineFailure.check { table.pointee.collect(handle, &collector, $0) }
        }
        return files
    }

    func release() { EngineActivity.during("release", of: engine) { table.pointee.release(handle) } }
}

/// What engines may collect of an attempt, in bytes.
package struct ArtifactLimits: Hashable, Sendable {
    /// The largest size of one file, in bytes.
    package var file: Int64
    /// Over all files of an attempt.
    package var total: Int64

    package init(file: Int64, total: Int64) {
        self.file = file
        self.total = total
    }
}

/// What `collect` reported.
final class CollectedFiles {
    struct Summary: Sendable {
        /// Absolute; what the artifacts' paths are relative to.
        var outputDirectory = ""
        var artifacts: [Artifact] = []
        var warnings: [String] = []
        /// Why the engine was told to leave it at that.
        var abandoned: StopReason?
    }

    /// A simulation may give cause for a warning with each of its files; the report has to stay of a size to be sent.
    private static let maxWarnings = 100

    private let reason: () -> StopReason?
    private var abandoned: StopReason?
    var outputDirectory = ""
    private var artifacts: [Artifact] = []
    private var room = ListRoom()
    private var leftOut: (first: String, count: Int)?
    private var warnings: [String] = []
    private var furtherWarnings = 0
    private let onProgress: () -> Void

    init(_ abandoned: @escaping () -> StopReason? = { nil }, onProgress: @escaping () -> Void = {}) {
        reason = abandoned
        self.onProgress = onProgress
    }

    var isAbandoned: Bool {
        onProgress()
        if abandoned == nil { abandoned = reason() }
        return abandoned != nil
    }

    var summary: Summary {
        let first = leftOut.map { leftOut in
            [
                "\(Self.isLeftOut) \(leftOut.count) of \(artifacts.count + leftOut.count) output files, '\(leftOut.first)' among them: "
                    + "their names are more than a result can list (\(ListRoom.words)); all are in \(outputDirectory)"
            ]
        }
        let last = furtherWarnings > 0 ? ["and \(furtherWarnings) more warnings about the output"] : []
        return Summary(
            outputDirectory: outputDirectory, artifacts: artifacts, warnings: (first ?? []) + warnings + last, abandoned: abandoned)
    }

    /// How the warning begins that output files are neither listed nor uploaded, so that they are nowhere but on this machine.
    static let isLeftOut = "not collected are"

    func warn(_ message: String) {
        onProgress()
        if warnings.count < Self.maxWarnings { warnings.append(message) } else { furtherWarnings += 1 }
    }

    static func of(_ collector: UnsafePointer<lynx_collector>?) -> CollectedFiles {
        Unmanaged<CollectedFiles>.fromOpaque(collector!.pointee.context).takeUnretainedValue()
    }

    func take(_ artifact: lynx_artifact) {
        onProgress()
        let hash = withUnsafeBytes(of: artifact.sha256) { bytes in
            String(unsafeUninitializedCapacity: 64) { text in
                let digits = Array("0123456789abcdef".utf8)
                for (index, byte) in bytes.enumerated() {
                    text[2 * index] = digits[Int(byte >> 4)]
                    text[2 * index + 1] = digits[Int(byte & 15)]
                }
                return 64
            }
        }
        let artifact = Artifact(
            path: String(lynx: artifact.path), sizeBytes: artifact.size_bytes, sha256: hash, mediaType: String(lynx: artifact.media_type))
        if room.take(artifact, in: outputDirectory) {
            artifacts.append(artifact)
        } else {
            leftOut = (leftOut?.first ?? artifact.path, (leftOut?.count ?? 0) + 1)
        }
    }
}

/// What the list of an attempt's files may still take in its result, so that the result can be delivered: a control plane takes 128 MiB in
/// one, telemetry included, and 64 MiB in a manifest.
struct ListRoom {
    static let bytes = 48 << 20
    /// A part of it is for files directly in the output directory: summaries are there, and what there is too much of mostly is not.
    static let bytesOfTop = 12 << 20
    static let files = ArtifactManifest.mostFiles - 2

    static let words = "\(bytes >> 20) MiB, of which \(bytesOfTop >> 20) MiB are for files directly in the output directory, and \(files) files"

    private var top = Self.bytesOfTop
    private var nested = Self.bytes - Self.bytesOfTop
    private var count = 0

    /// False if there is no room for this one.
    mutating func take(_ artifact: Artifact, in directory: String) -> Bool {
        // Its path stands in `output_files` and in `artifacts`.
        let path = Self.bytes(of: artifact.path)
        let size = 2 * path + Self.bytes(of: directory) + Self.bytes(of: artifact.mediaType) + artifact.sha256.utf8.count + 100
        let isTop = !artifact.path.utf8.contains(UInt8(ascii: "/"))
        guard count < Self.files, size <= (isTop ? top : nested) else { return false }
        count += 1
        if isTop { top -= size } else { nested -= size }
        return true
    }

    /// An upper bound for the size of a text in JSON.
    private static func bytes(of text: String) -> Int {
        text.utf8.reduce(0) { $0 + ($1 < 0x20 ? 6 : $1 == UInt8(ascii: "\"") || $1 == UInt8(ascii: "\\") ? 2 : 1) }
    }
}
