import EngineABI
import Synchronization

/// What an engine reports in collect.
final class Collection: Sendable {
    struct Limits {
        var file: Int64 = 1 << 40
        var total: Int64 = 1 << 40
        /// Whether nobody waits for the files any more, from the first question on.
        var isCancelled = false
    }

    struct File: Hashable, Sendable {
        var path: [UInt8]
        var mediaType: String
        var size: Int64
        var hash: [UInt8]

        var name: String { String(decoding: path, as: UTF8.self) }
    }

    private struct Reports: Sendable {
        var folder = ""
        var files: [File] = []
        var warnings: [String] = []
        var problems: [String] = []
        var foldersNamed = 0
    }

    private let reports = Mutex(Reports())
    private let isCancelled: Bool
    private let file: Int64, total: Int64
    /// Set by the thread that made the call, once it has returned.
    nonisolated(unsafe) var answer: Answer!

    init(_ limits: Limits) {
        isCancelled = limits.isCancelled
        file = limits.file
        total = limits.total
    }

    func collector(size: Int) -> lynx_collector {
        lynx_collector(
            struct_size: UInt32(size), context: Unmanaged.passUnretained(self).toOpaque(),
            output_directory: { collector, path in
                Collection.of(collector).reports.withLock { reports in
                    reports.foldersNamed += 1
                    if reports.foldersNamed > 1 { reports.problems.append("output_directory was called twice") }
                    if !reports.files.isEmpty || !reports.warnings.isEmpty { reports.problems.append("output_directory was not called first") }
                    if let problem = path.problem { reports.problems.append("output_directory's path \(problem)") }
                    reports.folder = path.text
                }
            },
            artifact: { collector, artifact in Collection.of(collector).add(artifact!) },
            warning: { collector, text in
                Collection.of(collector).reports.withLock { reports in
                    if let problem = text.problem { reports.problems.append("a warning \(problem)") }
                    reports.warnings.append(text.text)
                }
            },
            max_file_bytes: file, max_total_bytes: total, is_cancelled: { Collection.of($0).isCancelled ? 1 : 0 })
    }

    private static func of(_ collector: UnsafePointer<lynx_collector>?) -> Collection {
        Unmanaged<Collection>.fromOpaque(collector!.pointee.context).takeUnretainedValue()
    }

    private func add(_ artifact: UnsafePointer<lynx_artifact>) {
        let raw = artifact.pointee
        reports.withLock { reports in
            if Int(raw.struct_size) < MemoryLayout<lynx_artifact>.size { reports.problems.append("an artifact has struct_size \(raw.struct_size)") }
            if raw.path.data == nil || raw.path.size == 0 { reports.problems.append("an artifact has no path") }
            if let problem = raw.media_type.problem { reports.problems.append("the media type of \(raw.path.text) \(problem)") }
            if reports.foldersNamed == 0 { reports.problems.append("artifact was called before output_directory") }
            reports.files.append(
                File(path: raw.path.bytes, mediaType: raw.media_type.text, size: raw.size_bytes, hash: withUnsafeBytes(of: raw.sha256) { Array($0) }))
        }
    }

    var folder: String { reports.withLock { $0.folder } }
    var files: [File] { reports.withLock { $0.files } }
    var warnings: [String] { reports.withLock { $0.warnings } }
    var problems: [String] { reports.withLock { $0.problems } }

    func has(_ name: String) -> Bool { files.contains { $0.path == Array(name.utf8) } }
}
