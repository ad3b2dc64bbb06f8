import EngineABI
import Glibc
import Synchronization

/// get_extension, and what it leads to.
enum ExtensionChecks {
    private static let extensions = "engine_extensions.h"
    static let known = [
        LYNX_EXTENSION_WARM_WORKERS, LYNX_EXTENSION_SCENARIOS, LYNX_EXTENSION_SOFT_STOP, LYNX_EXTENSION_CONFINEMENT, LYNX_EXTENSION_CONFIGURATION,
    ]

    static let all = [
        Check(
            "extension-unknown-names", "get_extension returns NULL for names that nobody has defined.",
            .init("get_extension of lynx_engine", "The interface of that name (\"name/1\"), or NULL; see the extensions below.")
        ) { trial in
            let bench = try trial.load()
            for name in ["unknown/1", "check/1", "warm_workers", "warm_workers/0", "warm_workers/4294967295", "Warm_Workers/1", "result_basis/1x"] {
                try expect(try bench.getExtension(Array(name.utf8)) == nil, "it returned an interface for '\(name)'")
            }
        },
        Check(
            "extension-hostile-names", "get_extension returns NULL for names that are empty, of 1 MiB, not UTF-8, or have a NUL in them.",
            .init("get_extension of lynx_engine", "The interface of that name (\"name/1\"), or NULL; see the extensions below.")
        ) { trial in
            let bench = try trial.load()
            for (what, name) in Hostile.texts {
                try expect(try bench.getExtension(name) == nil, "it returned an interface for a name that is \(what)")
            }
            for name in known {
                try expect(try bench.getExtension(Array(name.utf8) + [0]) == nil, "it returned an interface for '\(name)' with a NUL behind it")
                try expect(try bench.getExtension(Array(name.utf8) + Array("0".utf8)) == nil, "it returned an interface for '\(name)0'")
            }
        },
        Check(
            "extension-names-unterminated", "get_extension reads no byte past the end of a name.",
            .init("Memory", "Strings are UTF-8, pointer and length, not terminated.")
        ) { trial in
            let bench = try trial.load()
            for name in known + ["unknown/1", "w", "scenarios/", ""] {
                let plain = try bench.getExtension(Array(name.utf8)), guarded = try bench.getExtension(Array(name.utf8), guarded: true)
                try expect(plain == guarded, "it answers otherwise for '\(name)' when no NUL follows")
            }
        },
        Check(
            "extension-constant", "get_extension returns the same pointer each time, also to four threads at once.",
            .init("get_extension of lynx_engine", "Valid as long as the engine.")
        ) { trial in
            let bench = try trial.load()
            for name in known {
                let first = try bench.getExtension(Array(name.utf8))
                let differs = Atomic(false), table = Int(bitPattern: bench.table), expected = Int(bitPattern: first)
                atOnce(4) { _ in
                    let engine = UnsafePointer<lynx_engine>(bitPattern: table)!, memory = LentMemory()
                    for _ in 0..<200 {
                        let found = engine.pointee.get_extension?(engine, memory.string(Array(name.utf8)))
                        if Int(bitPattern: found) != expected { differs.store(true, ordering: .relaxed) }
                    }
                }
                try expect(!differs.load(ordering: .relaxed), "it returned another pointer for '\(name)'")
            }
        },
        Check(
            "extension-warm-workers", "list of warm_workers/1 passes whole entries before it returns.",
            .init("list of lynx_warm_workers", "Calls take for each, before it returns. Does not wait for anything.", in: extensions)
        ) { trial in
            let bench = try trial.configured()
            guard let found = try bench.getExtension(Array(LYNX_EXTENSION_WARM_WORKERS.utf8)) else { throw CheckSkipped("the engine has no warm workers") }
            let workers = found.assumingMemoryBound(to: lynx_warm_workers.self)
            try expect(workers.pointee.struct_size >= 16 && workers.pointee.list != nil, "its struct_size is \(workers.pointee.struct_size), or list is NULL")
            for _ in 0..<3 { try list(workers, bench) }
            try bench.started().finish()
            try list(workers, bench)
        },
        Check(
            "extension-scenarios", "check of scenarios/1 accepts the settings of configure, and describes what it refuses.",
            .init("check of lynx_scenarios", "Checks settings that jobs may come with, as far as that can be done without a job.", in: extensions)
        ) { trial in
            let bench = try trial.configured()
            guard let found = try bench.getExtension(Array(LYNX_EXTENSION_SCENARIOS.utf8)) else { throw CheckSkipped("the engine has no scenarios") }
            let scenarios = found.assumingMemoryBound(to: lynx_scenarios.self)
            guard scenarios.pointee.struct_size >= 24, let check = scenarios.pointee.check, let hasDefault = scenarios.pointee.has_default else {
                throw CheckFailed("its struct_size is \(scenarios.pointee.struct_size), or a function is NULL")
            }
            let answer = try bench.call("has_default", on: .other) { hasDefault(bench.table) }
            try expect(answer == 0 || answer == 1, "has_default returned \(answer)")
            for settings in [trial.settings, [], [Setting("entrypoint", "/nonexistent/entry")]] {
                let memory = LentMemory(isGuarded: true), raw = memory.settings(settings)
                let config = memory.place(
                    lynx_engine_config(
                        struct_size: UInt32(MemoryLayout<lynx_engine_config>.size), settings: raw, setting_count: settings.count))
                try bench.fallible("check", on: .other, memory: memory) { check(bench.table, config, $0) }.expectDescribed()
            }
        },
    ]

    private static func list(_ workers: UnsafePointer<lynx_warm_workers>, _ bench: Bench) throws {
        final class Taken {
            var problems: [String] = []
            var isOver = false
        }
        let taken = Taken()
        try bench.call("warm_workers", on: .other) {
            workers.pointee.list(
                bench.table,
                { context, worker in
                    let taken = Unmanaged<Taken>.fromOpaque(context!).takeUnretainedValue()
                    guard let worker else { return taken.problems.append("list passed NULL to take") }
                    let first = MemoryLayout<lynx_warm_worker>.offset(of: \.modules)!
                    if worker.pointee.struct_size < UInt32(first) { return taken.problems.append("list passed an entry of \(worker.pointee.struct_size) bytes") }
                    if !(0...2).contains(worker.pointee.state) { taken.problems.append("list passed state \(worker.pointee.state)") }
                    if let problem = worker.pointee.entrypoint.problem ?? worker.pointee.message.problem { taken.problems.append("a text of list \(problem)") }
                }, Unmanaged.passUnretained(taken).toOpaque())
        }
        if let problem = taken.problems.first { throw CheckFailed(problem) }
    }
}

/// Texts that nobody expects.
enum Hostile {
    static let huge = 1 << 20

    static let texts: [(what: String, bytes: [UInt8])] = [
        ("empty", []),
        ("of 1 MiB", [UInt8](repeating: UInt8(ascii: "x"), count: huge)),
        ("not UTF-8", [0xFF, 0xFE, 0xC0, 0x80, 0xED, 0xA0, 0x80]),
        ("made of NULs", [0, 0, 0]),
        ("a NUL between letters", Array("a\u{0}b".utf8)),
        ("of several lines", Array("a\nb\r\nc".utf8)),
        ("a printf format", Array("%s%n%s%n%99999999d".utf8)),
    ]
}
