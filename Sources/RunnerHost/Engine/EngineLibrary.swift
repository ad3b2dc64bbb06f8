import EngineABI
import Glibc
import LynxModel

/// A loaded engine: its validated table. Libraries are never unloaded.
///
/// Sendable because the table lives as long as the process and does not change. `engine_abi.h` defines which of its functions
/// may be called on which thread; only `EngineJob` and the functions below call them.
package struct EngineLibrary: @unchecked Sendable {
    package let path: String
    package let id: String
    package let displayName: String
    package let version: String
    /// The major and minor version of the ABI that the engine was built against.
    package let abi: String
    let table: UnsafePointer<lynx_engine>
    /// Nil for an engine that does not declare its configuration.
    package let declaration: EngineDeclaration?
    /// The process in which the engine runs; nil if that is this one.
    let isolated: IsolatedEngine?

    /// The engine in a process of its own.
    init(_ isolated: IsolatedEngine) throws(EngineRefusal) {
        try self.init(EngineProxy.makeTable(isolated), path: isolated.library, isolated)
    }

    /// Loads the library and requests its table. Main thread only.
    ///
    /// - Parameter isChecked: whether calls between the host and the engine are checked by the rules of the header.
    init(path: String, host: UnsafePointer<lynx_host>, isChecked: Bool = ABICheck.isOn) throws(EngineRefusal) {
        let handle = try EngineFile(path: path).load()
        guard let symbol = dlsym(handle, LYNX_ENGINE_ENTRY_SYMBOL) else {
            throw dlsym(handle, LYNX_ENGINE_PART_SYMBOL) == nil ? .noEntrySymbol : .part
        }
        typealias Entry = @convention(c) (UnsafePointer<lynx_host>?, UInt32) -> UnsafePointer<lynx_engine>?
        let check = isChecked ? ABICheck(host) : nil
        guard let table = unsafeBitCast(symbol, to: Entry.self)(check?.makeHost() ?? host, HostTable.abiMajor) else { throw .otherMajor }
        try self.init(check?.watch(table) ?? table, path: path)
    }

    /// Validates a table, which lives as long as the process.
    init(_ table: UnsafePointer<lynx_engine>, path: String, _ isolated: IsolatedEngine? = nil) throws(EngineRefusal) {
        guard table.pointee.struct_size >= UInt32(Self.firstSize) else {
            throw .malformed("its table has \(table.pointee.struct_size) bytes; version 1.0 has \(Self.firstSize)")
        }
        // Read in place: the table of another version may be shorter than this one's.
        guard table.pointee.abi_major == HostTable.abiMajor else { throw .otherMajor }
        guard table.pointee.configure != nil, table.pointee.prepare != nil, table.pointee.launch != nil, table.pointee.terminate != nil,
            table.pointee.reap != nil, table.pointee.collect != nil, table.pointee.release != nil
        else { throw .malformed("a function is missing in its table") }
        let id = String(lynx: table.pointee.id)
        guard !id.isEmpty, id.utf8.count <= 64, id.utf8.allSatisfy(Self.isAllowedInID) else {
            throw .malformed("its id '\(id)' is not made of lower-case letters, digits, '_' and '-'")
        }
        self.path = path
        self.id = id
        displayName = String(lynx: table.pointee.display_name)
        version = String(lynx: table.pointee.version)
        abi = "\(table.pointee.abi_major).\(table.pointee.abi_minor)"
        self.table = table
        self.isolated = isolated
        declaration =
            if let isolated { isolated.description.declaration } else { EngineActivity.during("configuration", of: id) { EngineDeclaration(table) } }
    }

    /// The size of the table in version 1.0 of the ABI, which ends with `get_extension`; every engine has at least this.
    private static let firstSize = MemoryLayout<lynx_engine>.offset(of: \.get_extension)! + MemoryLayout<UnsafeRawPointer>.size

    /// Passes the engine its settings before its first job. Main thread only, once.
    package func configure(_ settings: [String: String]) throws(EngineFailure) {
        HostedSettings.take { settings[$0] }
        try RawSettings.withConfig(settings) { (config) throws(EngineFailure) in
            try EngineActivity.during("configure", of: id) { () throws(EngineFailure) in
                try EngineFailure.check { table.pointee.configure(table, config, $0) }
            }
        }
    }

    /// How many jobs may run at a time on so many processors, as the engine says after `configure`; nil for any number.
    func mostJobs(processors: Int) -> Int? {
        if let isolated { return isolated.mostJobs(processors: processors) }
        guard let ask = EngineDeclaration.table(of: table)?.pointee.most_jobs else { return nil }
        let most = EngineActivity.during("most_jobs", of: id) { ask(table, UInt32(clamping: processors)) }
        return most == 0 ? nil : Int(most)
    }

    /// Whether jobs may come with settings of their own.
    package var runsScenarios: Bool { scenarios != nil }

    /// Whether its commands are started as the confinement of a job says.
    package var confinesCommands: Bool {
        guard let getExtension = table.pointee.get_extension else { return false }
        return LYNX_EXTENSION_CONFINEMENT.withLynxString { getExtension(table, $0) } != nil
    }

    /// Whether the settings of `configure` say what jobs run.
    package var hasDefault: Bool { scenarios.map { $0.pointee.has_default(table) != 0 } ?? true }

    /// Checks settings that jobs may come with, after `configure`. Any thread; engines should return soon.
    package func check(_ settings: [String: String]) throws(EngineFailure) {
        guard let scenarios else {
            throw EngineFailure(
                kind: .unsupported,
                message: "the engine \(id) runs no scenarios besides its default; bring it to version 1.3 of the engine ABI")
        }
        try RawSettings.withConfig(settings) { (config) throws(EngineFailure) in
            try EngineActivity.during("check", of: id) { () throws(EngineFailure) in
                try EngineFailure.check { scenarios.pointee.check(table, config, $0) }
            }
        }
    }

    var scenarios: UnsafePointer<lynx_scenarios>? {
        guard let getExtension = table.pointee.get_extension,
            let found = LYNX_EXTENSION_SCENARIOS.withLynxString({ getExtension(table, $0) })?.assumingMemoryBound(to: lynx_scenarios.self)
        else { return nil }
        let end = MemoryLayout<lynx_scenarios>.offset(of: \.has_default)! + MemoryLayout<UnsafeRawPointer>.size
        guard found.pointee.struct_size >= UInt32(end), found.pointee.check != nil, found.pointee.has_default != nil else { return nil }
        return found
    }

    /// The engine's way to ask a simulation to end; nil if it has none.
    var softStop: UnsafePointer<lynx_soft_stop>? {
        guard let getExtension = table.pointee.get_extension,
            let found = LYNX_EXTENSION_SOFT_STOP.withLynxString({ getExtension(table, $0) })?.assumingMemoryBound(to: lynx_soft_stop.self)
        else { return nil }
        let end = MemoryLayout<lynx_soft_stop>.offset(of: \.stop)! + MemoryLayout<UnsafeRawPointer>.size
        return found.pointee.struct_size >= UInt32(end) && found.pointee.stop != nil ? found : nil
    }

    /// The processes that the engine keeps between jobs, valid after `configure`; nil if the engine does not report them. Any
    /// thread; engines should return at once.
    func warmWorkers() -> [WarmWorker]? {
        guard let list = warmWorkersTable?.pointee.list else { return nil }
        var taken: [WarmWorker] = []
        EngineActivity.during("warm_workers", of: id) {
            withUnsafeMutablePointer(to: &taken) { taken in
                list(
                    table,
                    { context, worker in
                        guard let worker = worker.flatMap(WarmWorker.init(raw:)) else { return }
                        context!.assumingMemoryBound(to: [WarmWorker].self).pointee.append(worker)
                    }, taken)
            }
        }
        return taken
    }

    /// The engine's extension of that name; nil if it has none.
    var warmWorkersTable: UnsafePointer<lynx_warm_workers>? {
        guard let getExtension = table.pointee.get_extension,
            let found = LYNX_EXTENSION_WARM_WORKERS.withLynxString({ getExtension(table, $0) })
        else { return nil }
        let workers = found.assumingMemoryBound(to: lynx_warm_workers.self)
        let listEnd = MemoryLayout<lynx_warm_workers>.offset(of: \.list)! + MemoryLayout<UnsafeRawPointer>.size
        return workers.pointee.struct_size >= UInt32(listEnd) && workers.pointee.list != nil ? UnsafePointer(workers) : nil
    }

    private static func isAllowedInID(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"): true
        default: false
        }
    }
}

extension WarmWorker {
    /// Nil if the engine provides fewer fields than the host requires.
    fileprivate init?(raw: UnsafePointer<lynx_warm_worker>) {
        let size = Int(raw.pointee.struct_size)
        guard size >= WarmWorkerSizes.first else { return nil }
        let state: State =
            switch raw.pointee.state {
            case Int32(LYNX_WARM_STARTING.rawValue): .starting
            case Int32(LYNX_WARM_READY.rawValue): .ready
            default: .off
            }
        let message = String(lynx: raw.pointee.message)
        self.init(
            entrypoint: String(lynx: raw.pointee.entrypoint), state: state, pid: raw.pointee.pid > 0 ? raw.pointee.pid : nil,
            rssBytes: raw.pointee.rss_bytes > 0 ? raw.pointee.rss_bytes : nil, jobsStarted: Int(clamping: raw.pointee.jobs_started),
            message: message.isEmpty ? nil : message)
        guard size >= WarmWorkerSizes.since2, raw.pointee.modules > 0 else { return }
        modules = Int(raw.pointee.modules)
        modulesWarm = Int(raw.pointee.modules_warm)
        importSeconds = Self.finite(raw.pointee.import_seconds)
        importSecondsWarm = Self.finite(raw.pointee.import_seconds_warm)
        leftOut = Self.leftOut(raw)
    }

    private static func leftOut(_ raw: UnsafePointer<lynx_warm_worker>) -> [LeftOut]? {
        guard let first = raw.pointee.left_out, raw.pointee.left_out_count > 0, Int(first.pointee.struct_size) >= WarmWorkerSizes.leftOut
        else { return nil }
        return (0..<min(raw.pointee.left_out_count, WarmWorkerSizes.mostLeftOut)).map { index in
            // The engine's structs may be larger than this version's.
            let place = UnsafeRawPointer(first) + index * Int(first.pointee.struct_size)
            let one = place.assumingMemoryBound(to: lynx_warm_left_out.self)
            return LeftOut(module: String(lynx: one.pointee.module), why: String(lynx: one.pointee.why), seconds: finite(one.pointee.seconds))
        }
    }

    /// JSON has no infinities and no NaN.
    private static func finite(_ seconds: Double) -> Double { seconds.isFinite ? max(0, seconds) : 0 }
}
