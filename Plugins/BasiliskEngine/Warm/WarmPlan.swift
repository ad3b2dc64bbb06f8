import FoundationEssentials
import Glibc
import Support

/// The imports of the scenario that a run has shown, as `lynx_warm` writes them; only what the engine reads.
struct WarmPlan: Codable, Sendable {
    struct File: Codable, Hashable, Sendable {
        var path: String
        var mtimeNS: Int64
        var size: Int64
        var inode: UInt64
        var sha256: String

        private enum CodingKeys: String, CodingKey {
            case path, size, inode, sha256
            case mtimeNS = "mtime_ns"
        }
    }

    struct LeftOut: Codable, Hashable, Sendable {
        var module: String
        var why: String
        var seconds: Double
    }

    struct Summary: Codable, Hashable, Sendable {
        var modules: Int
        var modulesWarm: Int
        var importSeconds: Double
        var importSecondsWarm: Double
        var runSeconds: Double
        var leftOut: [LeftOut]

        private enum CodingKeys: String, CodingKey {
            case modules
            case modulesWarm = "modules_warm"
            case importSeconds = "import_seconds"
            case importSecondsWarm = "import_seconds_warm"
            case runSeconds = "run_seconds"
            case leftOut = "left_out"
        }
    }

    /// Whether the last pass excluded no further module.
    var clean: Bool
    var python: String
    var files: [File]
    var summary: Summary

    static func read(_ path: String) -> WarmPlan? {
        WholeFile.read(path, atMost: .max).flatMap { try? JSONDecoder().decode(WarmPlan.self, from: Data($0)) }
    }
}

extension WarmPlan.Summary {
    /// The reason why warm starts are not worthwhile; nil if they are.
    var objection: String? {
        if importSecondsWarm < 0.05 { return "its imports take \(milliseconds) ms, too little to gain from" }
        if importSecondsWarm < 0.05 * runSeconds { return "its imports take \(milliseconds) ms of each run, less than a twentieth of it" }
        return nil
    }

    private var milliseconds: Int { Int((importSecondsWarm * 1000).rounded()) }
}

extension WarmPlan.File {
    /// The present content of a path: a file's content, a directory's names, or nothing (zeros and an empty text), as in
    /// `plan.py`.
    init(path: String) {
        var info = stat()
        guard stat(path, &info) == 0 else {
            self.init(path: path, mtimeNS: 0, size: 0, inode: 0, sha256: "")
            return
        }
        let digest = info.st_mode & S_IFMT == S_IFDIR ? Self.names(path) : ComparedFile(path: path, followsLinks: true).digest
        self.init(
            path: path, mtimeNS: Int64(info.st_mtim.tv_sec) * 1_000_000_000 + Int64(info.st_mtim.tv_nsec), size: Int64(info.st_size),
            inode: UInt64(info.st_ino), sha256: digest?.hexadecimal ?? "")
    }

    private static func names(_ directory: String) -> [UInt8]? {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: directory) else { return nil }
        let sorted = names.sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
        return SHA256.hash(Array(sorted.joined(separator: "\0").utf8)).bytes
    }

    /// Whether time, size and inode are unchanged or, failing that, the content is.
    var isUnchanged: Bool {
        var info = stat()
        if stat(path, &info) == 0, info.st_size == size, info.st_ino == inode,
            Int64(info.st_mtim.tv_sec) * 1_000_000_000 + Int64(info.st_mtim.tv_nsec) == mtimeNS
        {
            return true
        }
        return WarmPlan.File(path: path).sha256 == sha256
    }
}

extension WarmPlan.Summary: CustomStringConvertible {
    /// A description such as `412 of 430 modules, 1.8 of 1.9 s of imports; left out: tablecache (it makes memory that copies
    /// would share)`.
    var description: String {
        let share = "\(modulesWarm) of \(modules) modules, \(tenths(importSecondsWarm)) of \(tenths(importSeconds)) s of imports"
        guard !leftOut.isEmpty else { return share }
        let longest = leftOut.sorted { $0.seconds > $1.seconds }.prefix(3).map { "\($0.module) (\($0.why))" }
        let more = leftOut.count - longest.count
        return "\(share); left out: \(longest.joined(separator: ", "))\(more > 0 ? " and \(more) more" : "")"
    }

    private func tenths(_ seconds: Double) -> Double { (seconds * 100).rounded() / 100 }
}
