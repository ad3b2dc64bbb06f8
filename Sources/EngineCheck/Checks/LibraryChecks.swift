import EngineABI
import Glibc

/// The file, before anything in it is called but its entry.
enum LibraryChecks {
    static let all = [
        Check(
            "library-exports-entry", "The library exports lynx_engine_entry and no other symbol.",
            .init("lynx_engine_entry", "The one exported symbol.")
        ) { trial in
            let symbols = try SymbolTable(trial.plan.library)
            try expect(symbols.exported.contains(LYNX_ENGINE_ENTRY_SYMBOL), "it does not export lynx_engine_entry")
            let others = symbols.exported.subtracting([LYNX_ENGINE_ENTRY_SYMBOL]).sorted()
            try expect(
                others.isEmpty,
                "it exports \(others.count) more: \(others.prefix(3).joined(separator: ", ")); compile with -fvisibility=hidden, or link with a version script")
        },
        Check(
            "library-needs-nothing-of-host", "No symbol of the host is left undefined in it.",
            .init("engine_abi.h", "Neither side links the other.")
        ) { trial in
            let wanted = try SymbolTable(trial.plan.library).undefined.filter { $0.hasPrefix("lynx_") }.sorted()
            try expect(wanted.isEmpty, "it wants \(wanted.prefix(3).joined(separator: ", ")) of the process that loads it")
            _ = try trial.open()
        },
        Check(
            "library-loads-quickly", "Loading it and asking for its table takes less than 100 ms.",
            .init("Process", "Loading an engine and its entry take less than 100 ms"), tries: 5
        ) { trial in
            let start = now()
            _ = try trial.load()
            let milliseconds = (now() - start) / 1_000_000
            try expect(milliseconds < 100, "it took \(milliseconds) ms")
        },
        Check(
            "library-loads-silently", "Loading it and asking for its table starts no thread or process, and opens no descriptor.",
            .init("Process", "start no thread and no process, and leave no descriptor open.")
        ) { trial in
            let host = HostDouble().table(.current)
            let (_, descriptors, threads) = (ProcessTable.descendants(), ProcessTable.descriptors(), ProcessTable.threads)
            let (_, entry) = try trial.open()
            _ = entry(host, LYNX_ABI_MAJOR)
            let opened = ProcessTable.descriptors().filter { descriptors[$0.key] == nil }
            try expect(opened.isEmpty, "it opened \(opened.values.sorted().joined(separator: ", "))")
            try expect(ProcessTable.threads <= threads, "it started \(ProcessTable.threads - threads) threads")
            let processes = ProcessTable.descendants()
            try expect(processes.isEmpty, "it started \(processes.map { ProcessTable.command(of: $0.pid) }.joined(separator: ", "))")
        },
    ]

    static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
