import EngineABI
import Glibc
import LynxModel
import Support

/// The functions of an engine as messages to its process, on the host's side. `EngineWorker` has the other side.
extension EngineChild {
    /// Has the process load its engine.
    func load() throws(EngineEnded) -> Result<Description, EngineRefusal> {
        try call("load", Message(.load), at: .main) { reply, _ in
            let code = try reply.value(UInt8.self)
            guard code == 0 else {
                guard let refusal = EngineRefusal(code: code, text: try reply.text()) else { throw MalformedMessage() }
                return .failure(refusal)
            }
            return .success(
                Description(
                    id: try reply.text(), displayName: try reply.text(), version: try reply.text(), abiMinor: try reply.value(),
                    hasWarmWorkers: try reply.value(UInt8.self) != 0, runsScenarios: try reply.value(UInt8.self) != 0,
                    stopsSoftly: try reply.value(UInt8.self) != 0, declaration: try reply.declaration(),
                    confinesCommands: try reply.value(UInt8.self) != 0))
        }
    }

    func configure(_ settings: [String: String]) throws(EngineEnded) -> Result<Void, EngineFailure> {
        var message = Message(.configure)
        message.put(settings)
        return try call("configure", message, at: .main) { reply, _ in
            var error = lynx_error(struct_size: UInt32(MemoryLayout<lynx_error>.size), code: 0, system_errno: 0, message: lynx_error().message)
            let status = try reply.status(&error)
            return Result { () throws(EngineFailure) in
                try EngineFailure.check { target in
                    target.pointee = error
                    return status
                }
            }
        }
    }

    /// - Returns: the number by which the process knows the job; nil unless `status` is LYNX_OK.
    func prepare(_ job: lynx_job, _ error: UnsafeMutablePointer<lynx_error>?) throws(EngineEnded) -> (status: lynx_status, job: UInt64?) {
        var message = Message(.prepare)
        message.put(job.attempt)
        message.put(job.token)
        for text in [
            job.job_id, job.batch_id, job.directory, job.run_config_json, job.telemetry_url, job.simulation_type, job.temporary_directory,
        ] { message.put(text.bytes) }
        message.put(UnsafeBufferPointer(start: job.settings, count: job.setting_count))
        message.put(UnsafeBufferPointer(start: job.launcher, count: job.launcher_count))
        message.put(UnsafeBufferPointer(start: job.control_groups, count: job.control_group_count))
        return try call("prepare", message) { reply, _ -> (status: lynx_status, job: UInt64?) in
            let status = try reply.status(error)
            return (status: status, job: status == LYNX_OK ? try reply.value(UInt64.self) : nil)
        }
    }

    /// - Returns: also the exit descriptor; -1 if the engine gave none.
    func launch(
        _ job: UInt64, _ error: UnsafeMutablePointer<lynx_error>?
    ) throws(EngineEnded) -> (status: lynx_status, pid: Int32, descriptor: Int32) {
        try call("launch", Message(.launch, job), at: .launch) { reply, channel -> (status: lynx_status, pid: Int32, descriptor: Int32) in
            let status = try reply.status(error), pid = try reply.value(Int32.self)
            return (status: status, pid: pid, descriptor: channel.takeDescriptor()?.release() ?? -1)
        }
    }

    func terminate(_ job: UInt64) throws(EngineEnded) { try call("terminate", Message(.terminate, job)) { _, _ in } }

    func softStop(_ job: UInt64, _ reason: Int32, _ deadline: UInt64) throws(EngineEnded) -> Int32 {
        var message = Message(.softStop, job)
        message.put(reason)
        message.put(deadline)
        return try call("stop", message) { reply, _ in try reply.value(Int32.self) }
    }

    /// Reaps the simulation, and ends what it has left: the process does both at once, for one message there and back.
    ///
    /// - Parameter directory: the attempt's.
    func reap(
        _ job: UInt64, in directory: String, _ exit: UnsafeMutablePointer<lynx_exit>, _ error: UnsafeMutablePointer<lynx_error>?
    ) throws(EngineEnded) -> (status: lynx_status, strays: StrayProcesses.Findings) {
        var message = Message(.reap, job)
        message.put(directory)
        return try call("reap", message) { reply, _ -> (status: lynx_status, strays: StrayProcesses.Findings) in
            let status = try reply.status(error)
            exit.pointee.exit_code = try reply.value()
            exit.pointee.exit_signal = try reply.value()
            exit.pointee.success = try reply.value()
            exit.pointee.retryable = try reply.value()
            exit.pointee.max_rss_bytes = try reply.value()
            exit.pointee.failure_class = try reply.value()
            let text = try reply.data()
            withUnsafeMutableBytes(of: &exit.pointee.message) { $0.fill(with: text) }
            return (status: status, strays: try reply.strays())
        }
    }

    func collect(
        _ job: UInt64, _ collector: UnsafePointer<lynx_collector>, _ error: UnsafeMutablePointer<lynx_error>?
    ) throws(EngineEnded) -> lynx_status {
        var message = Message(.collect, job)
        message.put(collector.pointee.max_file_bytes)
        message.put(collector.pointee.max_total_bytes)
        return try call("collect", message, meanwhile: { said, channel in
            switch said.topic {
            case .outputDirectory: try said.text().withLynxString { collector.pointee.output_directory(collector, $0) }
            case .warning: try said.text().withLynxString { collector.pointee.warning(collector, $0) }
            case .isCancelled:
                var answer = Message(.answer)
                answer.put(collector.pointee.is_cancelled(collector))
                try channel.send(answer)
            case .artifact: try said.artifact { collector.pointee.artifact(collector, $0) }
            default: throw MalformedMessage()
            }
        }) { reply, _ in try reply.status(error) }
    }

    func release(_ job: UInt64) throws(EngineEnded) { try call("release", Message(.release, job)) { _, _ in } }

    /// Has the process end what its engine has left of an attempt.
    func endStrays(of directory: String) throws(EngineEnded) -> StrayProcesses.Findings {
        var message = Message(.endStrays)
        message.put(directory)
        return try call("end_strays", message) { reply, _ in try reply.strays() }
    }

    /// - Returns: 0 for any number.
    func mostJobs(processors: Int) throws(EngineEnded) -> UInt32 {
        var message = Message(.mostJobs)
        message.put(UInt32(clamping: processors))
        return try call("most_jobs", message) { reply, _ in try reply.value(UInt32.self) }
    }

    func warmWorkers(_ take: (UnsafePointer<lynx_warm_worker>) -> Void) throws(EngineEnded) {
        try call("warm_workers", Message(.warmWorkers)) { reply, _ in
            while !reply.isAtEnd { try reply.warmWorker(take) }
        }
    }
}

extension Message {
    /// About a job that the engine's process knows by that number.
    init(_ topic: Topic, _ job: UInt64) {
        self.init(topic)
        put(job)
    }
}

extension MessageReader {
    /// A status, and if it is not LYNX_OK the description of the failure.
    mutating func status(_ error: UnsafeMutablePointer<lynx_error>?) throws(MalformedMessage) -> lynx_status {
        let status = try value(Int32.self)
        guard status != LYNX_OK else { return status }
        let number = try value(Int32.self), text = try data()
        if let error {
            error.pointee.code = status
            error.pointee.system_errno = number
            withUnsafeMutableBytes(of: &error.pointee.message) { $0.fill(with: text) }
        }
        return status
    }

    /// What a message ends with.
    fileprivate mutating func strays() throws(MalformedMessage) -> StrayProcesses.Findings {
        var findings = StrayProcesses.Findings()
        findings.remaining = Int(try value(Int32.self))
        while !isAtEnd { findings.ended.append(try text()) }
        return findings
    }

    mutating func artifact(_ take: (UnsafePointer<lynx_artifact>) -> Void) throws(MalformedMessage) {
        var artifact = lynx_artifact()
        artifact.struct_size = UInt32(MemoryLayout<lynx_artifact>.size)
        artifact.size_bytes = try value()
        artifact.sha256 = try value()
        let path = try data(), mediaType = try data()
        path.withLynxString { path in
            mediaType.withLynxString { mediaType in
                artifact.path = path
                artifact.media_type = mediaType
                take(&artifact)
            }
        }
    }
}

extension ArraySlice<UInt8> {
    func withLynxString(_ body: (lynx_string) -> Void) {
        withUnsafeBytes { body(lynx_string(data: $0.baseAddress?.assumingMemoryBound(to: CChar.self), size: $0.count)) }
    }
}

extension lynx_string {
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: data, count: data == nil ? 0 : size) }
}

extension UnsafeMutableRawBufferPointer {
    /// A text with the NUL that ends it, cut to fit.
    fileprivate func fill(with text: ArraySlice<UInt8>) {
        let text = text.prefix(count - 1)
        copyBytes(from: text)
        self[text.count] = 0
    }
}
