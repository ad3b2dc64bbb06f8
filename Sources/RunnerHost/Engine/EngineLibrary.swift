import EngineABI
import Glibc
import LynxModel

/// A loaded engine: its table, checked. Libraries are never unloaded.
///
/// Sendable because the table lives as long as the process and does not change; `engine_abi.h` says which
/// of its functions may be called on which thread, and only `EngineAttempt`, `configure` and `warmWorkers` call them.
package struct EngineLibrary: @unchecked Sendable {
    package let path: String
    package let id: String
    package let displayName: String
    package let version: String
    /// Major and minor version of the ABI it was built against.
    package let abi: String
    let table: UnsafePointer<lynx_engine>

    /// Loads the library and asks it for its table. Main thread.
    init(path: String, host: UnsafePointer<lynx_host>) throws(EngineRefusal) {
        let handle = try EngineFile(path: path).load()
        guard let symbol = dlsym(handle, LYNX_ENGINE_ENTRY_SYMBOL) else {
            throw dlsym(handle, LYNX_ENGINE_PART_SYMBOL) == nil ? .noEntrySymbol : .part
        }
        typealias Entry = @convention(c) (UnsafePointer<lynx_host>?, UInt32) -> UnsafePointer<lynx_engine>?
        guard let table = unsafeBitCast(symbol, to: Entry.self)(host, HostTable.abiMajor) else { throw .otherMajor }

        guard table.pointee.struct_size >= UInt32(MemoryLayout<lynx_engine>.size) else {
            throw .malformed("its table has \(table.pointee.struct_size) bytes; version 1.0 has \(MemoryLayout<lynx_engine>.size)")
        }
        let engine = table.pointee
        guard engine.abi_major == HostTable.abiMajor else { throw .otherMajor }
        guard engine.configure != nil, engine.prepare != nil, engine.launch != nil, engine.terminate != nil, engine.reap != nil,
            engine.collect != nil, engine.release != nil
        else { throw .malformed("a function is missing in its table") }
        let id = String(lynx: engine.id)
        guard !id.isEmpty, id.utf8.count <= 64, id.utf8.allSatisfy(Self.isAllowedInID) else {
            throw .malformed("its id '\(id)' is not made of lower-case letters, digits, '_' and '-'")
        }
        self.path = path
        self.id = id
        displayName = String(lynx: engine.display_name)
        version = String(lynx: engine.version)
        abi = "\(engine.abi_major).\(engine.abi_minor)"
        self.table = table
    }

    /// Hands the engine its settings, before its first job. Main thread, once.
    package func configure(_ settings: [String: String]) throws(EngineFailure) {
        let texts = settings.sorted { $0.key < $1.key }.map { (strdup($0.key)!, strdup($0.value)!) }
        defer { for (key, value) in texts { free(key); free(value) } }
        let raw = texts.map { key, value in
            lynx_setting(key: lynx_string(data: key, size: strlen(key)), value: lynx_string(data: value, size: strlen(value)))
        }
        try raw.withUnsafeBufferPointer { (buffer) throws(EngineFailure) in
            var config = lynx_engine_config(
                struct_size: UInt32(MemoryLayout<lynx_engine_config>.size), settings: buffer.baseAddress, setting_count: buffer.count)
            try EngineActivity.during("configure", of: id) { () throws(EngineFailure) in
                try EngineFailure.check { table.pointee.configure(table, &config, $0) }
            }
        }
    }

    /// What it keeps from one job to the next, after `configure`; nil if it doesn't tell. Any thread; an engine should answer at once.
    func warmWorkers() -> [WarmWorker]? {
        guard let getExtension = table.pointee.get_extension,
            let found = LYNX_EXTENSION_WARM_WORKERS.withLynxString({ getExtension(table, $0) })
        else { return nil }
        let workers = found.assumingMemoryBound(to: lynx_warm_workers.self)
        guard workers.pointee.struct_size >= UInt32(MemoryLayout<lynx_warm_workers>.size), let list = workers.pointee.list else { return nil }
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

    private static func isAllowedInID(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"): true
        default: false
        }
    }
}

extension WarmWorker {
    /// How much of it each engine has.
    private static let firstSize = MemoryLayout<lynx_warm_worker>.offset(of: \.message)! + MemoryLayout<lynx_string>.size
    private static let sizeSince2 = MemoryLayout<lynx_warm_worker>.offset(of: \.left_out_count)! + MemoryLayout<Int>.size
    private static let leftOutSize = MemoryLayout<lynx_warm_left_out>.offset(of: \.seconds)! + MemoryLayout<Double>.size
    /// No engine has more to say that a person reads.
    private static let maxLeftOut = 64

    /// Nil for one from an engine that knows less than the host asks for.
    fileprivate init?(raw: UnsafePointer<lynx_warm_worker>) {
        let size = Int(raw.pointee.struct_size)
        guard size >= Self.firstSize else { return nil }
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
        guard size >= Self.sizeSince2, raw.pointee.modules > 0 else { return }
        modules = Int(raw.pointee.modules)
        modulesWarm = Int(raw.pointee.modules_warm)
        importSeconds = Self.finite(raw.pointee.import_seconds)
        importSecondsWarm = Self.finite(raw.pointee.import_seconds_warm)
        leftOut = Self.leftOut(raw)
    }

    private static func leftOut(_ raw: UnsafePointer<lynx_warm_worker>) -> [LeftOut]? {
        guard let first = raw.pointee.left_out, raw.pointee.left_out_count > 0, Int(first.pointee.struct_size) >= leftOutSize else { return nil }
        return (0..<min(raw.pointee.left_out_count, maxLeftOut)).map { index in
            // They may have grown since.
            let place = UnsafeRawPointer(first) + index * Int(first.pointee.struct_size)
            let one = place.assumingMemoryBound(to: lynx_warm_left_out.self)
            return LeftOut(module: String(lynx: one.pointee.module), why: String(lynx: one.pointee.why), seconds: finite(one.pointee.seconds))
        }
    }

    /// JSON has no other numbers.
    private static func finite(_ seconds: Double) -> Double { seconds.isFinite ? max(0, seconds) : 0 }
}
