import EngineABI
import Glibc
import Support

/// collect, with files that the check itself puts where the simulation's are.
enum CollectChecks {
    private static let every = Check.Rule("collect", "Reports every file that the simulation left, also after a failure.")

    static let all = [
        Check(
            "collect-names-directory", "output_directory is called once, before all else, with an absolute path.",
            .init("output_directory of lynx_collector", "an absolute directory. Called once, first.")
        ) { trial in
            let (_, files) = try trial.configured().started().finish()
            if let problem = files.problems.first { throw CheckFailed(problem) }
            try expect(files.folder.hasPrefix("/"), "output_directory was \(files.folder.isEmpty ? "not called" : "'\(files.folder)'")")
        },
        Check(
            "collect-true-files", "Each artifact is a regular file below the output directory, with its size and SHA-256.", .init("path of lynx_artifact", "Relative to output_directory.")
        ) { trial in
            let (job, first) = try ended(trial)
            if !first.files.isEmpty { try plant(first, "check/planted.txt", Array("planted\n".utf8)) }
            let files = try job.collect()
            try examine(files)
            try job.release()
        },
        Check("collect-repeats", "Two calls report the same files in the same order.", every) { trial in
            let (job, first) = try ended(trial)
            for number in 0..<40 { try plant(first, "many/\(number * 7919 % 40).txt", [UInt8](repeating: 65, count: number)) }
            let second = try job.collect(), third = try job.collect()
            try expect(second.files == third.files, "the second call reported \(second.files.count) files, the third \(third.files.count) or others, or in another order")
            try expect(second.warnings == third.warnings, "the warnings of two calls differ")
            try job.release()
        },
        Check(
            "collect-all-files", "Files are reported in folders, with odd names and of no bytes.", every
        ) { trial in
            let (job, first) = try endedReporting(trial)
            let names = ["plain.txt", "empty", "a/b/c/d.bin", " leading space", "quote'\"", "-dash", "ünïcode.csv", ".hidden"]
            for name in names { try plant(first, name, name == "empty" ? [] : Array(name.utf8)) }
            let files = try again(job)
            for name in names where !files.has(name) {
                try expect(files.warnings.contains { $0.contains(name) }, "'\(name)' is neither reported nor warned of")
            }
            try examine(files)
            try job.release()
        },
        Check(
            "collect-no-links", "A symbolic link is not followed.", .init("warning of lynx_collector", "a symbolic link that was not followed")
        ) { trial in
            let (job, first) = try endedReporting(trial)
            try plant(first, "plain.txt", [1])
            symlink("/etc/hostname", "\(first.folder)/link-to-file")
            symlink("/etc", "\(first.folder)/link-to-folder")
            symlink("/nonexistent", "\(first.folder)/link-to-nothing")
            symlink(".", "\(first.folder)/link-to-itself")
            let files = try again(job)
            let followed = files.files.map(\.name).filter { $0.hasPrefix("link-") }
            try expect(followed.isEmpty, "it reported \(followed.prefix(3).joined(separator: ", "))")
            try job.release()
        },
        Check(
            "collect-no-special-files", "A FIFO and a socket are not reported, and are not waited for.", every
        ) { trial in
            let (job, first) = try endedReporting(trial)
            try plant(first, "plain.txt", [1])
            mkfifo("\(first.folder)/fifo", 0o600)
            mknod("\(first.folder)/socket", S_IFSOCK | 0o600, 0)
            let files = try again(job)
            try expect(!files.has("fifo") && !files.has("socket"), "it reported one of them as a file")
            try job.release()
        },
        Check(
            "collect-names-of-bytes", "A file whose name is not UTF-8 or has a line break costs no other file.", .init("Memory", "Strings are UTF-8, pointer and length, not terminated.")
        ) { trial in
            let (job, first) = try endedReporting(trial)
            for name in [[0x61, 0xFF, 0xFE], [0x61, 0x0A, 0x62]] as [[UInt8]] {
                var path = (Array("\(first.folder)/".utf8) + name).map { CChar(bitPattern: $0) } + [0]
                let file = open(&path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
                if file >= 0 { close(file) }
            }
            try plant(first, "zz-plain.txt", [1])
            let files = try again(job)
            try expect(files.has("zz-plain.txt"), "zz-plain.txt beside it is not reported")
            if let problem = files.problems.first { throw CheckFailed(problem) }
            try job.release()
        },
        Check(
            "collect-file-limit", "A file past max_file_bytes is left out with a warning, also if it is a hole.", .init("max_file_bytes of lynx_collector", "is past them is left out, with a warning.")
        ) { trial in
            let (job, first) = try endedLimited(trial)
            try plant(first, "small.txt", [UInt8](repeating: 65, count: 50))
            try plant(first, "large.txt", [UInt8](repeating: 65, count: 5000))
            truncate(try plant(first, "hole.bin", []), 64 << 20)
            let files = try again(job, .init(file: 1000))
            try expect(!files.has("large.txt") && !files.has("hole.bin"), "a file of 5,000 bytes or a hole of 64 MiB was reported; the limit is 1,000")
            try expect(files.has("small.txt"), "a file of 50 bytes was left out; the limit is 1,000")
            try expect(!files.warnings.isEmpty, "nothing warns of what was left out")
            try job.release()
        },
        Check(
            "collect-total-limit", "Files past max_total_bytes are left out with a warning.", .init("max_total_bytes of lynx_collector", "The most bytes that one file may have, and all of them together, as they would be read")
        ) { trial in
            let (job, first) = try endedLimited(trial)
            for number in 0..<10 { try plant(first, "part-\(number).txt", [UInt8](repeating: 65, count: 1000)) }
            let files = try again(job, .init(total: 5000))
            let total = files.files.reduce(0) { $0 + $1.size }
            try expect(total <= 5000, "it reported \(total) bytes; the limit is 5,000")
            try expect(!files.warnings.isEmpty, "nothing warns of what was left out")
            try job.release()
        },
        Check(
            "collect-cancelled", "collect leaves out what it has not reported once is_cancelled returns 1.", .init("is_cancelled of lynx_collector", "collect() then returns soon, and leaves out what it has not")
        ) { trial in
            let (job, first) = try endedLimited(trial)
            for number in 0..<20 { truncate(try plant(first, "long-\(number).bin", []), 64 << 20) }
            let files = try again(job, .init(isCancelled: true))
            let count = files.files.filter { $0.name.hasPrefix("long-") }.count
            try expect(count < 20, "it reported all 20 files of 64 MiB")
            try job.release()
        },
    ]

    /// A job that has been reaped, and what it has left.
    static func ended(_ trial: Trial) throws -> (BenchJob, Collection) {
        let job = try trial.configured().started()
        job.waitForEnd()
        _ = try job.reap()
        let files = try job.collect()
        try expect(files.answer.isOK, files.answer.description)
        guard files.folder.hasPrefix("/"), mkdir(files.folder, 0o700) == 0 || errno == EEXIST else { throw CheckSkipped("the engine names no output directory") }
        return (job, files)
    }

    /// The same with an engine that reports files at all.
    private static func endedReporting(_ trial: Trial) throws -> (BenchJob, Collection) {
        let (job, first) = try ended(trial)
        try plant(first, "check-probe.txt", [1])
        let files = try job.collect()
        if !files.has("check-probe.txt"), files.warnings.isEmpty { throw CheckSkipped("the engine does not report files by itself") }
        return (job, first)
    }

    /// The same with an engine that knows limits.
    private static func endedLimited(_ trial: Trial) throws -> (BenchJob, Collection) {
        let (job, first) = try endedReporting(trial)
        let minor = job.bench.table.pointee.abi_minor
        guard minor >= 2 else { throw CheckSkipped("limits came with version 1.2; the engine has 1.\(minor)") }
        return (job, first)
    }

    private static func again(_ job: BenchJob, _ limits: Collection.Limits = .init()) throws -> Collection {
        let files = try job.collect(limits)
        try expect(files.answer.isOK, files.answer.description)
        return files
    }

    @discardableResult
    static func plant(_ files: Collection, _ name: String, _ bytes: [UInt8]) throws -> String {
        let path = "\(files.folder)/\(name)"
        var folder = files.folder
        for part in name.split(separator: "/").dropLast() {
            folder += "/\(part)"
            mkdir(folder, 0o700)
        }
        try OwnedDescriptor.open(path, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o600).write(bytes, to: path)
        return path
    }

    private static func examine(_ files: Collection) throws {
        if let problem = files.problems.first { throw CheckFailed(problem) }
        try expect(Set(files.files.map(\.path)).count == files.files.count, "a file is reported twice")
        for file in files.files {
            let parts = file.name.split(separator: "/", omittingEmptySubsequences: false)
            try expect(!parts.contains("..") && !parts.contains("") && !parts.contains("."), "the path '\(file.name)' is not a plain relative one")
            let path = "\(files.folder)/\(file.name)"
            guard let status = FileStatus(path, followsLinks: false) else { throw CheckFailed("there is no file \(path)") }
            try expect(status.isRegular, "\(path) is not a regular file")
            try expect(status.size == file.size, "\(path) has \(status.size) bytes; it reported \(file.size)")
            guard let content = WholeFile.read(path) else { continue }
            let hash = SHA256.hash(content)
            try expect(hash.bytes == file.hash, "\(path) has the SHA-256 \(hash.hexadecimal), which is not what it reported")
        }
    }
}
