import EngineABI
import Glibc
import RunnerHost
import Synchronization

/// The host's table as a check hands it out. It writes down what the engine calls.
final class HostDouble: Sendable {
    enum Phase: Comparable, Sendable { case prepared, launched, reaped, released }

    struct Notes: Sendable {
        var phases: [UInt64: Phase] = [:]
        var samples = 0
        var lines: [String] = []
        var bases: [String] = []
        /// What was logged and emitted for jobs that were released.
        var late: [String] = []
        /// Calls that the header does not allow.
        var problems: [String] = []
    }

    let notes = Mutex(Notes())
    /// Whether the host has extensions.
    private let hasExtensions: Bool

    init(hasExtensions: Bool = true) { self.hasExtensions = hasExtensions }

    /// The table, which lives as long as the process.
    func table(_ era: Era) -> UnsafePointer<lynx_host> {
        let memory = LentMemory()
        let table = lynx_host(
            struct_size: UInt32(MemoryLayout<lynx_host>.size + era.tail), abi_minor: era.minor, context: Unmanaged.passRetained(self).toOpaque(),
            log: { HostDouble.of($0).log($1, $2, $3) },
            monotonic_ns: { _ in
                var now = timespec()
                clock_gettime(CLOCK_MONOTONIC, &now)
                return UInt64(now.tv_sec) * 1_000_000_000 + UInt64(now.tv_nsec)
            },
            emit_telemetry: { HostDouble.of($0).emit($1, UnsafeBufferPointer(start: $2, count: $3)) },
            get_extension: { host, name in
                guard HostDouble.of(host).hasExtensions else { return nil }
                return switch name.bytes {
                case Array(LYNX_EXTENSION_RESULT_BASIS.utf8): UnsafeRawPointer(HostDouble.resultBasis)
                case Array(LYNX_EXTENSION_PROCESS.utf8): UnsafeRawPointer(ProcessExtension.table)
                default: nil
                }
            })
        _ = Unmanaged.passRetained(memory)
        return UnsafePointer(memory.place(table, tail: era.tail))
    }

    /// Never changed and never freed.
    private nonisolated(unsafe) static let resultBasis: UnsafePointer<lynx_result_basis> = {
        let table = UnsafeMutablePointer<lynx_result_basis>.allocate(capacity: 1)
        table.initialize(
            to: lynx_result_basis(
                struct_size: UInt32(MemoryLayout<lynx_result_basis>.size),
                rests_on: { host, job, basis in
                    let own = HostDouble.of(host)
                    own.examine(basis, "the basis of rests_on")
                    own.notes.withLock { notes in
                        if let phase = notes.phases[job], phase < .released { return notes.bases.append(basis.text) }
                        notes.problems.append("rests_on was called for job \(job), which is not between prepare and release")
                    }
                },
                retract: { HostDouble.of($0).examine($1, "the basis of retract"); HostDouble.of($0).examine($2, "the reason of retract") }))
        return UnsafePointer(table)
    }()

    private static func of(_ host: UnsafePointer<lynx_host>?) -> HostDouble {
        Unmanaged<HostDouble>.fromOpaque(host!.pointee.context).takeUnretainedValue()
    }

    func enter(_ phase: Phase, _ job: UInt64) { notes.withLock { $0.phases[job] = phase } }
    func problem(_ text: String) { notes.withLock { $0.problems.append(text) } }

    private func log(_ job: UInt64, _ level: lynx_log_level, _ message: lynx_string) {
        examine(message, "a message of log")
        notes.withLock { notes in
            if level.rawValue > LYNX_LOG_ERROR.rawValue { notes.problems.append("log was called with level \(level.rawValue); the last one is 3") }
            if job != 0, notes.phases[job] == nil { notes.problems.append("log was called for job \(job), which the host has not named") }
            if notes.phases[job] == .released { notes.late.append("log was called for job \(job) after its release: \(message.text)") }
            if notes.lines.count < 1000 { notes.lines.append(message.text) }
        }
    }

    private func emit(_ job: UInt64, _ samples: UnsafeBufferPointer<lynx_sample>) {
        for sample in samples {
            examine(sample.name, "the name of a sample")
            examine(sample.units, "the units of a sample")
            if sample.name.size == 0 { problem("emit_telemetry was called with a sample without a name") }
        }
        notes.withLock { notes in
            notes.samples += samples.count
            if notes.phases[job] == .released { notes.late.append("emit_telemetry was called for job \(job) after its release, with \(samples.count) samples") }
            // launch may emit before it returns.
            if let phase = notes.phases[job], phase == .launched || phase == .prepared { return }
            notes.problems.append("emit_telemetry was called for job \(job), which is not between launch and the return of reap")
        }
    }

    private func examine(_ string: lynx_string, _ what: String) {
        if let problem = string.problem { self.problem("\(what) \(problem)") }
    }
}

extension lynx_string {
    var bytes: [UInt8] {
        guard let data, size > 0 else { return [] }
        return Array(UnsafeRawBufferPointer(start: data, count: size))
    }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// What is wrong with a string that an engine hands out; nil if nothing is.
    var problem: String? {
        if data == nil, size > 0 { return "has \(size) bytes at NULL; data may be NULL only if size is 0" }
        if size > 1 << 30 { return "has \(size) bytes" }
        return String(validating: bytes, as: UTF8.self) == nil ? "is not UTF-8" : nil
    }
}
