import CLinux
import EngineABI
import Foundation
import Glibc
import TestSupport
import Testing

@testable import RunnerHost

@Suite("The engines that come with the host run in a host of version 1.0", .timeLimit(.minutes(5)))
struct OldHostTests {
    /// A struct of the size that it had in version 1.0, directly before memory that nobody may touch.
    private final class Short<Value> {
        let pointer: UnsafeMutablePointer<Value>
        private let pages: UnsafeMutableRawPointer
        private static var pageSize: Int { Int(getpagesize()) }

        /// - Parameter size: of version 1.0.
        init(size: Int) {
            pages = mmap(nil, 2 * Self.pageSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
            mprotect(pages + Self.pageSize, Self.pageSize, PROT_NONE)
            let place = pages + Self.pageSize - size
            place.storeBytes(of: UInt32(size), as: UInt32.self)
            pointer = place.assumingMemoryBound(to: Value.self)
        }

        deinit { munmap(pages, 2 * Self.pageSize) }
    }

    private final class Findings {
        var files: [String] = []
        var warnings: [String] = []

        static func of(_ collector: UnsafePointer<lynx_collector>?) -> Findings {
            Unmanaged<Findings>.fromOpaque(collector!.pointee.context).takeUnretainedValue()
        }
    }

    /// Lives as long as the process, as hosts' tables do.
    private nonisolated(unsafe) static let host: UnsafePointer<lynx_host> = {
        let table = Short<lynx_host>(size: MemoryLayout<lynx_host>.offset(of: \.get_extension)! + 8)
        table.pointer.pointee.abi_minor = 0
        table.pointer.pointee.log = { _, _, _, _ in }
        table.pointer.pointee.monotonic_ns = { _ in 1 }
        table.pointer.pointee.emit_telemetry = { _, _, _, _ in }
        table.pointer.pointee.get_extension = { _, _ in nil }
        _ = Unmanaged.passRetained(table)
        return UnsafePointer(table.pointer)
    }()

    private func table(of engine: String) throws -> UnsafePointer<lynx_engine> {
        // As every host does: how a simulation ended is learnt by its guardian's parent, which may be gone by then.
        _ = lynx_set_child_subreaper()
        let handle = try #require(dlopen(Repository.products + "/lib\(engine)Engine.so", RTLD_NOW | RTLD_LOCAL))
        typealias Entry = @convention(c) (UnsafePointer<lynx_host>?, UInt32) -> UnsafePointer<lynx_engine>?
        let entry = unsafeBitCast(try #require(dlsym(handle, LYNX_ENGINE_ENTRY_SYMBOL)), to: Entry.self)
        return try #require(entry(Self.host, 1))
    }

    private func configure(
        _ table: UnsafePointer<lynx_engine>, _ settings: [String: String], _ error: UnsafeMutablePointer<lynx_error>
    ) -> lynx_status {
        RawSettings.with(settings) { settings in
            let config = Short<lynx_engine_config>(size: MemoryLayout<lynx_engine_config>.size)
            config.pointer.pointee.settings = settings.baseAddress
            config.pointer.pointee.setting_count = settings.count
            return table.pointee.configure(table, config.pointer, error)
        }
    }

    @Test("A job's whole life, with structs that end where version 1.0 ended them", arguments: ["Command", "Python"])
    func job(engine: String) throws {
        let directory = try TemporaryDirectory()
        let script = try directory.write("job.py", "import os\nopen(os.environ['TETRYX_OUTPUT_DIR'] + '/a.txt', 'w').write('a')\n")
        let table = try table(of: engine)
        let error = Short<lynx_error>(size: MemoryLayout<lynx_error>.size)
        let common = ["python_executable": Repository.python, "working_directory": directory.path, "state_directory": directory.path]
        let own = engine == "Command" ? ["command.0": Repository.python, "command.1": script] : ["entrypoint": script]
        try #require(configure(table, common.merging(own) { $1 }, error.pointer) == LYNX_OK, "\(String(cMessage: &error.pointer.pointee.message))")

        let folder = directory.path + "/job"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        let run = """
            {"job_id": "j", "batch_id": "b", "run_index": 0, "seed": 7, "seed_decimal": "7", "parameters": {}, "units": {},
             "simulation": {"name": "s", "version": "1", "type": "t"}}
            """
        var handle: OpaquePointer?
        folder.withLynxString { folder in
            run.withLynxString { run in
                let job = Short<lynx_job>(size: MemoryLayout<lynx_job>.offset(of: \.temporary_directory)!)
                job.pointer.pointee.attempt = 1
                job.pointer.pointee.token = 1
                job.pointer.pointee.directory = folder
                job.pointer.pointee.run_config_json = run
                _ = table.pointee.prepare(table, job.pointer, &handle, error.pointer)
            }
        }
        try #require(handle != nil, "\(String(cMessage: &error.pointer.pointee.message))")
        let process = Short<lynx_process>(size: 12)
        try #require(table.pointee.launch(handle, process.pointer, error.pointer) == LYNX_OK)
        var wait = pollfd(fd: process.pointer.pointee.exit_fd, events: Int16(POLLIN), revents: 0)
        poll(&wait, 1, -1)
        let exit = Short<lynx_exit>(size: MemoryLayout<lynx_exit>.offset(of: \.failure_class)!)
        #expect(table.pointee.reap(handle, exit.pointer, error.pointer) == LYNX_OK)
        #expect(exit.pointer.pointee.success == 1, "\(String(cMessage: &exit.pointer.pointee.message))")

        let findings = Findings()
        let collector = Short<lynx_collector>(size: MemoryLayout<lynx_collector>.offset(of: \.max_file_bytes)!)
        collector.pointer.pointee.context = Unmanaged.passUnretained(findings).toOpaque()
        collector.pointer.pointee.output_directory = { _, _ in }
        collector.pointer.pointee.artifact = { Findings.of($0).files.append(String(lynx: $1!.pointee.path)) }
        collector.pointer.pointee.warning = { Findings.of($0).warnings.append(String(lynx: $1)) }
        #expect(table.pointee.collect(handle, collector.pointer, error.pointer) == LYNX_OK)
        #expect(findings.files == ["a.txt"] && findings.warnings == [])
        table.pointee.release(handle)
    }

    @Test("An engine that needs more than version 1.0 says so")
    func tooOld() throws {
        let table = try table(of: "PX4SITL")
        let error = Short<lynx_error>(size: MemoryLayout<lynx_error>.size)
        #expect(configure(table, ["px4_entrypoint": "/bin/true"], error.pointer) == LYNX_E_UNSUPPORTED)
        #expect(String(cMessage: &error.pointer.pointee.message).contains("speaks version 1.0 of the engine ABI; the engine needs 1.1"))
    }
}
