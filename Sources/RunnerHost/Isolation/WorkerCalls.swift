import CChannel
import CLinux
import EngineABI
import EventLoop
import Glibc

/// The calls into an engine, in its own process.
struct WorkerCalls {
    private let engine: EngineLibrary
    private var table: UnsafePointer<lynx_engine> { engine.table }

    init(_ engine: EngineLibrary) { self.engine = engine }

    func answer(_ question: MessageReader, on channel: Channel) throws {
        var question = question
        switch question.topic {
        case .configure: try channel.send(configure(&question))
        case .prepare: try channel.send(prepare(&question))
        case .launch: try launch(handle(&question), channel)
        case .terminate:
            let job = try handle(&question)
            during("terminate") { table.pointee.terminate(job) }
            try channel.send(Message(.returned))
        case .softStop: try channel.send(softStop(&question))
        case .reap: try channel.send(reap(&question))
        case .collect: try collect(&question, channel)
        case .release:
            let job = try handle(&question)
            during("release") { table.pointee.release(job) }
            try channel.send(Message(.returned))
        case .endStrays: try channel.send(endStrays(&question))
        case .warmWorkers: try channel.send(warmWorkers())
        case .mostJobs:
            let processors = Int(try question.value(UInt32.self))
            var reply = Message(.returned)
            reply.put(UInt32(clamping: during("most_jobs") { engine.mostJobs(processors: processors) } ?? 0))
            try channel.send(reply)
        case .checkScenario: try channel.send(checkScenario(&question))
        case .hasDefaultScenario:
            var reply = Message(.returned)
            reply.put(UInt8(during("has_default") { engine.hasDefault } ? 1 : 0))
            try channel.send(reply)
        default: throw MalformedMessage()
        }
    }

    /// Makes one call; ends this process if the engine has damaged it, which the next call would only feel later.
    private func during<Value>(_ function: StaticString, _ body: () -> Value) -> Value {
        let mask = lynx_signal_mask()
        let value = EngineActivity.during(function, of: engine.id) { body() }
        if lynx_signal_mask() != mask {
            lynx_die("engine \(engine.id) has changed the signal mask of a thread that is not its own, in \(function); this process ends, and its simulations with it")
        }
        return value
    }

    /// Makes one call that can fail; the message begins with its status.
    private func fallible(_ function: StaticString, _ body: (UnsafeMutablePointer<lynx_error>) -> lynx_status) -> (Message, lynx_status) {
        var error = lynx_error()
        error.struct_size = UInt32(MemoryLayout<lynx_error>.size)
        var status = during(function) { body(&error) }
        if !(LYNX_E_INTERNAL...LYNX_OK).contains(status) { status = lynx_status(LYNX_E_INTERNAL) }
        var reply = Message(.returned)
        reply.put(status)
        if status != LYNX_OK {
            reply.put(error.system_errno)
            withUnsafeBytes(of: &error.message) { reply.put(UnsafeRawBufferPointer(rebasing: $0.prefix { $0 != 0 })) }
        }
        return (reply, status)
    }

    private func handle(_ question: inout MessageReader) throws(MalformedMessage) -> OpaquePointer? {
        OpaquePointer(bitPattern: UInt(try question.value(UInt64.self)))
    }

    private func configure(_ question: inout MessageReader) throws(MalformedMessage) -> Message {
        try withConfig(&question) { config in
            let settings = UnsafeBufferPointer(start: config.pointee.settings, count: config.pointee.setting_count)
            HostedSettings.take { key in settings.first { String(lynx: $0.key) == key }.map { String(lynx: $0.value) } }
            return fallible("configure") { table.pointee.configure(table, config, $0) }.0
        }
    }

    private func checkScenario(_ question: inout MessageReader) throws(MalformedMessage) -> Message {
        guard let check = engine.scenarios?.pointee.check else { throw MalformedMessage() }
        return try withConfig(&question) { config in fallible("check") { check(table, config, $0) }.0 }
    }

    /// Lends the settings that a message ends with.
    private func withConfig(
        _ question: inout MessageReader, _ body: (UnsafePointer<lynx_engine_config>) -> Message
    ) throws(MalformedMessage) -> Message {
        let places = try question.settings()
        var reply = Message(.returned)
        question.withContent { content in
            reply = places.withSettings(in: content) { settings in
                var config = lynx_engine_config(
                    struct_size: UInt32(MemoryLayout<lynx_engine_config>.size), settings: settings.baseAddress, setting_count: settings.count)
                return body(&config)
            }
        }
        return reply
    }

    private func prepare(_ question: inout MessageReader) throws(MalformedMessage) -> Message {
        let attempt = try question.value(UInt32.self), token = try question.value(UInt64.self)
        var texts: [ArraySlice<UInt8>] = []
        for _ in 0..<7 { texts.append(try question.data()) }
        let places = try question.settings()
        let confinement = JobConfinement(launcher: try question.texts(), controlGroups: try question.texts())
        var message = Message(.returned)
        question.withContent { content in
            let raw = texts.map(content.text)
            message = places.withSettings(in: content) { settings in
                confinement.withRaw { launcher, groups in
                    var job = lynx_job(
                        struct_size: UInt32(MemoryLayout<lynx_job>.size), attempt: attempt, token: token, job_id: raw[0], batch_id: raw[1],
                        directory: raw[2], run_config_json: raw[3], telemetry_url: raw[4], simulation_type: raw[5],
                        temporary_directory: raw[6], settings: settings.isEmpty ? nil : settings.baseAddress, setting_count: settings.count,
                        launcher: launcher.baseAddress, launcher_count: launcher.count, control_groups: groups.baseAddress,
                        control_group_count: groups.count)
                    var handle: OpaquePointer?
                    var (reply, status) = fallible("prepare") { table.pointee.prepare(table, &job, &handle, $0) }
                    if status == LYNX_OK { reply.put(UInt64(UInt(bitPattern: handle))) }
                    return reply
                }
            }
        }
        return message
    }

    private func launch(_ job: OpaquePointer?, _ channel: Channel) throws {
        var process = lynx_process(struct_size: UInt32(MemoryLayout<lynx_process>.size), pid: 0, exit_fd: -1)
        var (reply, status) = fallible("launch") { table.pointee.launch(job, &process, $0) }
        reply.put(process.pid)
        try channel.send(reply, descriptor: status == LYNX_OK && fcntl(process.exit_fd, F_GETFD) >= 0 ? process.exit_fd : -1)
    }

    private func softStop(_ question: inout MessageReader) throws(MalformedMessage) -> Message {
        let job = try handle(&question), reason = try question.value(Int32.self), deadline = try question.value(UInt64.self)
        guard let stop = engine.softStop?.pointee.stop else { throw MalformedMessage() }
        var reply = Message(.returned)
        reply.put(during("stop") { stop(job, reason, deadline) })
        return reply
    }

    /// Reaps, and ends what is left then.
    private func reap(_ question: inout MessageReader) throws(MalformedMessage) -> Message {
        let job = try handle(&question), directory = try question.text()
        var exit = lynx_exit()
        exit.struct_size = UInt32(MemoryLayout<lynx_exit>.size)
        exit.exit_code = -1
        var (reply, _) = fallible("reap") { table.pointee.reap(job, &exit, $0) }
        reply.put(exit.exit_code)
        reply.put(exit.exit_signal)
        reply.put(exit.success)
        reply.put(exit.retryable)
        reply.put(exit.max_rss_bytes)
        reply.put(exit.failure_class)
        withUnsafeBytes(of: &exit.message) { reply.put(UnsafeRawBufferPointer(rebasing: $0.prefix { $0 != 0 })) }
        reply.put(StrayProcesses.endChildren(of: directory))
        return reply
    }

    private func collect(_ question: inout MessageReader, _ channel: Channel) throws {
        let job = try handle(&question), most = try question.value(Int64.self), mostInAll = try question.value(Int64.self)
        let relay = CollectionRelay(channel)
        var collector = lynx_collector(
            struct_size: UInt32(MemoryLayout<lynx_collector>.size), context: Unmanaged.passUnretained(relay).toOpaque(),
            output_directory: { CollectionRelay.of($0).say(.outputDirectory, $1) },
            artifact: { CollectionRelay.of($0).say($1!) },
            warning: { CollectionRelay.of($0).say(.warning, $1) },
            max_file_bytes: most, max_total_bytes: mostInAll, is_cancelled: { CollectionRelay.of($0).isCancelled ? 1 : 0 })
        let (reply, _) = fallible("collect") { table.pointee.collect(job, &collector, $0) }
        try relay.end(with: reply)
    }

    private func endStrays(_ question: inout MessageReader) throws(MalformedMessage) -> Message {
        var reply = Message(.returned)
        reply.put(StrayProcesses.endChildren(of: try question.text()))
        return reply
    }

    private func warmWorkers() -> Message {
        final class List { var message = Message(.returned) }
        let list = List()
        if let workers = engine.warmWorkersTable {
            during("warm_workers") {
                workers.pointee.list(
                    table,
                    { context, worker in
                        guard let worker else { return }
                        Unmanaged<List>.fromOpaque(context!).takeUnretainedValue().message.put(worker)
                    }, Unmanaged.passUnretained(list).toOpaque())
            }
        }
        return list.message
    }
}

/// Passes on what an engine reports while it collects, some of it together.
private final class CollectionRelay {
    private let channel: Channel
    private var pending: [UInt8] = []
    private var latest = MonotonicClock.now
    private var answer = false

    private static let mostPending = 32 << 10
    /// How long a report may wait for others, and an answer may be old.
    private static let pace: UInt64 = 50_000_000

    init(_ channel: Channel) { self.channel = channel }

    static func of(_ collector: UnsafePointer<lynx_collector>?) -> CollectionRelay {
        Unmanaged<CollectionRelay>.fromOpaque(collector!.pointee.context).takeUnretainedValue()
    }

    func say(_ topic: Topic, _ text: lynx_string) {
        var message = Message(topic)
        message.put(text.bytes)
        add(message)
    }

    func say(_ artifact: UnsafePointer<lynx_artifact>) {
        var message = Message(.artifact)
        message.put(artifact.pointee.size_bytes)
        message.put(artifact.pointee.sha256)
        message.put(artifact.pointee.path.bytes)
        message.put(artifact.pointee.media_type.bytes)
        add(message)
    }

    /// As the host has answered last.
    var isCancelled: Bool {
        guard !answer, MonotonicClock.now - latest >= Self.pace else { return answer }
        do {
            try channel.send(pending + Message(.isCancelled).sealed)
            pending.removeAll(keepingCapacity: true)
            var reply = try channel.receive()
            answer = try reply.value(Int32.self) != 0
            latest = MonotonicClock.now
        } catch {
            _exit(0)
        }
        return answer
    }

    func end(with reply: Message) throws { try channel.send(pending + reply.sealed) }

    private func add(_ message: Message) {
        pending += message.sealed
        guard pending.count >= Self.mostPending || MonotonicClock.now - latest >= Self.pace else { return }
        do { try channel.send(pending) } catch { _exit(0) }
        pending.removeAll(keepingCapacity: true)
        latest = MonotonicClock.now
    }
}

extension Message {
    /// Ends the message.
    fileprivate mutating func put(_ strays: StrayProcesses.Findings) {
        put(Int32(clamping: strays.remaining))
        for command in strays.ended { put(command) }
    }
}

extension UnsafeRawBufferPointer {
    /// The text that a slice of the same bytes is.
    func text(_ slice: ArraySlice<UInt8>) -> lynx_string {
        lynx_string(data: baseAddress.map { ($0 + slice.startIndex).assumingMemoryBound(to: CChar.self) }, size: slice.count)
    }
}
