import EngineABI
import Glibc

/// The entry and the table that it returns.
enum TableChecks {
    static let all = [
        Check(
            "entry-refuses-other-majors", "The entry returns NULL for the major versions 0, 2 and 4294967295.",
            .init("lynx_engine_entry", "Returns NULL when the engine cannot serve that major version.")
        ) { trial in
            let (_, entry) = try trial.open()
            for major in [0, 2, UInt32.max] {
                try expect(entry(HostDouble().table(.current), major) == nil, "it returned a table for major version \(major)")
            }
        },
        Check(
            "entry-serves-later-host", "The entry returns its table to a host of a later minor version, whose table is larger.",
            .init("Versions", "The major number must match; a minor number only adds.")
        ) { trial in _ = try trial.load(era: .later) },
        Check(
            "entry-serves-plain-host", "A job runs in a host that has no extensions.",
            .init("get_extension of lynx_host", "The interface of that name (\"name/1\"), or NULL.")
        ) { trial in
            try trial.configured(HostDouble(hasExtensions: false)).started().finish()
        },
        Check(
            "table-size", "struct_size of the table covers all that version 1.0 has, and no field is declared that it does not cover.",
            .init("Versions", "Every table and struct that may grow begins with its struct_size, set by whoever fills it")
        ) { trial in
            let table = try trial.load().table.pointee
            let first = MemoryLayout<lynx_engine>.offset(of: \.get_extension)! + MemoryLayout<UnsafeRawPointer>.size
            try expect(table.struct_size >= UInt32(first), "struct_size is \(table.struct_size); version 1.0 has \(first) bytes")
            try expect(table.struct_size < 1 << 16, "struct_size is \(table.struct_size)")
            try expect(
                table.abi_minor > LYNX_ABI_MINOR || table.struct_size <= UInt32(MemoryLayout<lynx_engine>.size),
                "struct_size is \(table.struct_size); version 1.\(table.abi_minor) has \(MemoryLayout<lynx_engine>.size) bytes")
        },
        Check(
            "table-major", "The table says major version 1.", .init("Versions", "The major number must match")
        ) { trial in
            let major = try trial.load().table.pointee.abi_major
            try expect(major == LYNX_ABI_MAJOR, "abi_major is \(major)")
        },
        Check(
            "table-functions", "No function of version 1.0 is missing.",
            .init("lynx_engine", "Valid from lynx_engine_entry until the process ends; libraries are never unloaded.")
        ) { trial in
            let table = try trial.load().table.pointee
            let missing = [
                ("configure", table.configure == nil), ("prepare", table.prepare == nil), ("launch", table.launch == nil),
                ("terminate", table.terminate == nil), ("reap", table.reap == nil), ("collect", table.collect == nil),
                ("release", table.release == nil), ("get_extension", table.get_extension == nil),
            ].filter(\.1).map(\.0)
            try expect(missing.isEmpty, "\(missing.joined(separator: ", ")) is NULL")
        },
        Check(
            "table-id", "The id has 1 to 64 bytes of the characters that batches may use.",
            .init("id of lynx_engine", "lower-case letters, digits, '_' and '-', such as my_engine.")
        ) { trial in
            let id = try trial.load().table.pointee.id
            let allowed = Set("abcdefghijklmnopqrstuvwxyz0123456789_-".utf8)
            try expect(
                (1...64).contains(id.bytes.count) && id.bytes.allSatisfy(allowed.contains), "its id is \(id.text.debugDescription)")
        },
        Check(
            "table-texts", "display_name and version are one line of UTF-8 each.", .init("Memory", "Strings are UTF-8, pointer and length, not terminated.")
        ) { trial in
            let table = try trial.load().table.pointee
            for (name, text) in [("display_name", table.display_name), ("version", table.version)] {
                if let problem = text.problem { throw CheckFailed("\(name) \(problem)") }
                try expect((1...256).contains(text.size), "\(name) has \(text.size) bytes")
                try expect(text.bytes.allSatisfy { $0 >= 32 && $0 != 127 }, "\(name) has control characters: \(text.text.debugDescription)")
            }
        },
        Check(
            "table-constant", "The table is the same after a job as before it.",
            .init("lynx_engine_entry", "the table is the same for the life of the process.")
        ) { trial in
            let bench = try trial.load()
            let size = min(Int(bench.table.pointee.struct_size), MemoryLayout<lynx_engine>.size)
            let bytes = { Array(UnsafeRawBufferPointer(start: bench.table, count: size)) }
            let before = bytes(), texts = [bench.table.pointee.id.text, bench.table.pointee.version.text]
            guard try bench.configure(trial.settings).isOK else { throw CheckSkipped("the engine cannot be configured; see configure-succeeds") }
            try bench.started().finish()
            try expect(bytes() == before, "its bytes have changed")
            try expect([bench.table.pointee.id.text, bench.table.pointee.version.text] == texts, "its texts have changed")
        },
    ]
}
