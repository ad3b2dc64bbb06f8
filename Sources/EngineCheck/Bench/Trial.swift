import CLinux
import Dispatch
import EngineABI
import FoundationEssentials
import Glibc
import LynxModel
import RunnerHost
import Support

/// The process of one check: what it is to do, and how it gets at the engine.
final class Trial: Sendable {
    let plan: Plan

    init(_ plan: Plan) { self.plan = plan }

    /// Loads the engine and requests its table.
    func load(_ host: HostDouble = HostDouble(), era: Era = .current) throws -> Bench {
        let (_, entry) = try open()
        guard let table = Bench.watched("lynx_engine_entry", { entry(host.table(era), LYNX_ABI_MAJOR) }).0 else {
            throw CheckFailed("lynx_engine_entry returned NULL for major version \(LYNX_ABI_MAJOR)")
        }
        let bench = Bench(self, host, era, table)
        guard lynx_descriptors_are_intact() else { throw CheckFailed("lynx_engine_entry closed descriptors that are not the engine's own") }
        return bench
    }

    typealias Entry = @convention(c) (UnsafePointer<lynx_host>?, UInt32) -> UnsafePointer<lynx_engine>?

    /// The library as the host loads it, from the file that was checked, and its entry.
    func open() throws -> (UnsafeMutableRawPointer, Entry) {
        let (loaded, _) = Bench.watched("loading") { Result { () throws(EngineRefusal) in try EngineFile(path: plan.library).load() } }
        let handle: UnsafeMutableRawPointer
        do throws(EngineRefusal) { handle = try loaded.get() } catch { throw CheckFailed("\(plan.library): \(error)") }
        guard let symbol = dlsym(handle, LYNX_ENGINE_ENTRY_SYMBOL) else { throw CheckFailed("the library does not export lynx_engine_entry") }
        return (handle, unsafeBitCast(symbol, to: Entry.self))
    }

    /// A loaded engine that has its settings. Skips the check if it refuses them, which is another check's business.
    func configured(_ host: HostDouble = HostDouble(), era: Era = .current, guarded: Bool = false) throws -> Bench {
        let bench = try load(host, era: era)
        let answer = try bench.configure(settings, guarded: guarded)
        guard answer.isOK else { throw CheckSkipped("the engine cannot be configured; see configure-succeeds") }
        return bench
    }

    var settings: [Setting] { Setting.list(plan.settings) }

    /// The run configuration of the command line, or a plain one.
    func runConfig(job: String) -> [UInt8] {
        if let text = plan.runConfig { return Array(text.utf8) }
        let type = plan.engineID ?? "check"
        return Array(
            """
            {
              "batch_id" : "check",
              "job_id" : "\(job)",
              "parameters" : {},
              "run_index" : 0,
              "seed" : 1,
              "seed_decimal" : "1",
              "simulation" : {"duration_minutes" : 1, "name" : "check", "type" : "\(type)", "version" : "1"},
              "units" : {}
            }
            """.utf8)
    }

    func makeFolder(_ path: String) throws {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw CheckSkipped("cannot make \(path): \(String(cString: strerror(errno)))") }
    }
}

/// The process that makes one check, `runner-host check-engine-child FOLDER`.
package enum CheckWorker {
    package static let command = "check-engine-child"

    /// Runs the check of a plan on the main thread. Never returns.
    package static func run(_ folder: String) -> Never {
        guard let plan = Plan.read(folder) else {
            let line = Array("runner-host: \(command) is not for the command line: check-engine starts it for each check\n".utf8)
            _ = write(STDERR_FILENO, line, line.count)
            exit(2)
        }
        signal(SIGCHLD, SIG_DFL)
        signal(SIGPIPE, SIG_IGN)
        lynx_set_thread_name("check")
        lynx_have_one_heap()
        lynx_prepare_last_words("check")
        // Orphans of simulations are this process's to reap, as the engine expects.
        _ = lynx_set_child_subreaper()
        // Before any thread is started, as mounts are each thread's. Fails for users other than root, who need none of them.
        _ = lynx_have_own_mounts()
        // libdispatch ends a process in which it cannot open its descriptors, so it does so before a check takes them away.
        let begun = DispatchSemaphore(value: 0)
        DispatchQueue.global().async { begun.signal() }
        begun.wait()
        Stage.open("\(folder)/\(Plan.stageFile)")
        var verdict = Verdict(kind: .failed, message: "there is no check '\(plan.check)'")
        if let check = CheckTable.find(plan.check) { verdict = judge(check, Trial(plan)) }
        let data = (try? WireJSON.encode(verdict)) ?? Data()
        _ = try? DurableFile.replace("\(folder)/\(Plan.verdictFile)", with: data)
        // Nothing that the engine has registered for an orderly end is to run.
        _exit(0)
    }

    private static func judge(_ check: Check, _ trial: Trial) -> Verdict {
        do {
            if check.name == CheckTable.look.name { return Verdict(kind: .passed, engine: try CheckTable.describe(trial)) }
            try check.body(trial)
            return Verdict(kind: .passed)
        } catch let failure as CheckFailed {
            return Verdict(kind: .failed, message: failure.message)
        } catch let skipped as CheckSkipped {
            return Verdict(kind: .skipped, message: skipped.reason)
        } catch {
            return Verdict(kind: .failed, message: "the check could not be made: \(error)")
        }
    }
}

/// What the process is doing, in memory that its parent reads when its time is up.
enum Stage {
    private nonisolated(unsafe) static var place: UnsafeMutableRawPointer?
    private static let size = 256
    private static let counter = MemoryLayout<UInt64>.size

    static func open(_ path: String) {
        let file = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { return }
        defer { close(file) }
        guard ftruncate(file, off_t(size + counter)) == 0, let memory = mmap(nil, size + counter, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0), memory != MAP_FAILED
        else { return }
        place = memory
    }

    static func set(_ text: String) {
        guard let place else { return }
        var text = text
        text.withUTF8 { bytes in
            let count = min(bytes.count, size - 1)
            place.copyMemory(from: bytes.baseAddress!, byteCount: count)
            place.storeBytes(of: 0, toByteOffset: count, as: UInt8.self)
        }
    }

    /// Begins the check's time limit again: a job has ended, and the next one may take as long. Any thread.
    static func renew() {
        guard let place else { return }
        let count = place.load(fromByteOffset: size, as: UInt64.self)
        place.storeBytes(of: count &+ 1, toByteOffset: size, as: UInt64.self)
    }

    /// A number that is another one each time the time limit has begun again.
    static func renewals(_ folder: String) -> UInt64 {
        (WholeFile.read("\(folder)/\(Plan.stageFile)") ?? []).dropFirst(size).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// What the process of a check was doing last.
    static func read(_ folder: String) -> String {
        String(decoding: (WholeFile.read("\(folder)/\(Plan.stageFile)") ?? []).prefix { $0 != 0 }, as: UTF8.self)
    }
}
