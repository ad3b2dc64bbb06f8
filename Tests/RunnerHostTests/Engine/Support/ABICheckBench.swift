import EngineABI
import Foundation
import Glibc
import Logging
import TestSupport
import Testing

@testable import RunnerHost

/// An engine under check, whose functions a test calls itself in the host's place.
///
/// Sendable because only one thread at a time uses it.
final class ABICheckBench: @unchecked Sendable {
    let directory: TemporaryDirectory
    let recorder = LogRecorder()
    let table: UnsafePointer<lynx_engine>
    private let host: HostTable

    /// - Parameters:
    ///   - source: the engine, of Tests/Fixtures.
    ///   - flags: of the compiler.
    init(_ violation: String = "none", source: String = "abi_engine.c", _ flags: [String] = [], isConfigured: Bool = true) async throws {
        directory = try TemporaryDirectory()
        let library = try await EngineCompiler.compile(
            Repository.path("Tests/Fixtures/\(source)"), ["-pthread"] + flags, to: directory.path + "/libABI.so")
        host = HostTable(logger: recorder.logger)
        let engine = try EngineLibrary(path: library, host: host.makeTable(), isChecked: true)
        table = engine.table
        guard isConfigured else { return }
        // Not by the host's own way, which sets what all engines of this process have in common, those of other tests too.
        let table = table
        try #require(RawSettings.withConfig(["violate": violation]) { table.pointee.configure(table, $0, nil) } == LYNX_OK)
    }

    /// What was told of broken rules.
    var told: [String] {
        recorder.entries.compactMap { entry in
            entry.metadata["message"].flatMap { $0.hasPrefix("ABI check: ") ? String($0.dropFirst("ABI check: ".count)) : nil }
        }
    }

    /// The engine's extension of that name, as the host gets it.
    func extended<Table>(_ name: String, as type: Table.Type = Table.self) throws -> Table {
        try #require(name.withLynxString { table.pointee.get_extension(table, $0) }).assumingMemoryBound(to: type).pointee
    }

    /// - Parameter change: sets fields that other jobs do not have.
    func prepare(_ token: UInt64 = 1, change: (inout lynx_job) -> Void = { _ in }) -> OpaquePointer? {
        let folder = directory.path + "/job-\(token)"
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        var handle: OpaquePointer?
        folder.withLynxString { folder in
            var job = lynx_job()
            job.struct_size = UInt32(MemoryLayout<lynx_job>.size)
            job.token = token
            job.attempt = 1
            job.directory = folder
            change(&job)
            _ = table.pointee.prepare(table, &job, &handle, nil)
        }
        return handle
    }

    /// - Returns: the exit descriptor.
    @discardableResult
    func launch(_ job: OpaquePointer?) -> Int32 {
        var process = lynx_process(struct_size: UInt32(MemoryLayout<lynx_process>.size), pid: 0, exit_fd: -1)
        _ = table.pointee.launch(job, &process, nil)
        return process.exit_fd
    }

    func reap(_ job: OpaquePointer?) {
        var exit = lynx_exit()
        exit.struct_size = UInt32(MemoryLayout<lynx_exit>.size)
        _ = table.pointee.reap(job, &exit, nil)
    }

    func collect(_ job: OpaquePointer?) {
        let files = CollectedFiles()
        var collector = lynx_collector(
            struct_size: UInt32(MemoryLayout<lynx_collector>.size), context: Unmanaged.passUnretained(files).toOpaque(),
            output_directory: { CollectedFiles.of($0).outputDirectory = String(lynx: $1) }, artifact: { CollectedFiles.of($0).add($1!.pointee) },
            warning: { CollectedFiles.of($0).warn(String(lynx: $1)) }, max_file_bytes: .max, max_total_bytes: .max, is_cancelled: { _ in 0 })
        _ = table.pointee.collect(job, &collector, nil)
    }

    func waitForEnd(_ descriptor: Int32) {
        var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        poll(&wait, 1, -1)
    }

    /// A job's whole life.
    func run(_ token: UInt64 = 1) {
        guard let job = prepare(token) else { return }
        let end = launch(job)
        waitForEnd(end)
        reap(job)
        collect(job)
        table.pointee.release(job)
    }
}

extension Thread {
    /// Runs a function on a thread of its own, and waits for it.
    static func runElsewhere(_ body: @escaping @Sendable () -> Void) {
        let done = DispatchSemaphore(value: 0)
        Thread {
            body()
            done.signal()
        }.start()
        done.wait()
    }
}
