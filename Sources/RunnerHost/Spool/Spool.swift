package import FoundationEssentials
import Glibc
package import LynxModel
package import Support
import Synchronization

/// Reports of ended attempts that the control plane has not acknowledged, in one file each. A report is on disk before it is
/// first sent.
///
/// Methods block on the disk. Different reports may be handled at the same time, from any thread.
package final class Spool: Sendable {
    private let state: StateDirectory
    /// The files of acknowledged reports.
    let spares: SpareFiles
    /// The numbers of the stored chunks, as listing the directory for each report takes long when many are waiting.
    let chunked = Mutex<[AttemptKey: Set<Int>]>([:])

    /// Keeps the state directory's lock for as long as the spool lives.
    package init(_ state: StateDirectory) {
        self.state = state
        spares = SpareFiles(in: state.spoolPath)
    }

    /// The result of `scan`.
    package struct Scan: Hashable, Sendable {
        package var reports: [AttemptKey] = []
        /// The bases of the results that depend on one.
        package var bases: [AttemptKey: String] = [:]
        /// Files that hold no report, each with the reason; they have been renamed to end in `.corrupt`.
        package var corrupt: [CorruptFile] = []
    }

    package struct CorruptFile: Hashable, Sendable {
        package var path: String
        package var reason: String
    }

    /// Lists the reports that earlier processes left, oldest first, and sets other files aside.
    package func scan() throws(FileError) -> Scan {
        var found: [(key: AttemptKey, completedAt: Date)] = []
        var scan = Scan()
        for name in try Directory.names(in: state.spoolPath) {
            let path = "\(state.spoolPath)/\(name)"
            // An engine may be storing a retraction at this moment.
            if name.hasSuffix(Self.retractionSuffix + DurableFile.temporarySuffix) { continue }
            if name.hasSuffix(SpareFiles.suffix) { unlink(path) }
            // The process ended between writing and renaming: a complete report counts, an incomplete one does not.
            let isTemporary = name.hasSuffix(DurableFile.temporarySuffix)
            guard isTemporary || name.hasSuffix(Self.suffix) else { continue }
            guard Self.isRegularFile(path), let content = try DurableFile.read(path) else {
                scan.corrupt.append(CorruptFile(path: try aside(path), reason: "not a regular file"))
                continue
            }
            guard let report = try? WireJSON.decode(AttemptReport.self, from: content) else {
                if isTemporary {
                    unlink(path)
                } else {
                    scan.corrupt.append(CorruptFile(path: try aside(path), reason: "\(content.count) bytes that are not an attempt's report"))
                }
                continue
            }
            let key = AttemptKey(jobID: report.jobID, attempt: report.attempt)
            if path != self.path(key) {
                guard rename(path, self.path(key)) == 0 else { throw .last("rename", path) }
            }
            scan.bases[key] = report.result.metadata.basis
            if !found.contains(where: { $0.key == key }) {
                found.append((key, report.result.metadata.completedAt ?? .distantPast))
            }
        }
        scan.reports = found.sorted { $0.completedAt < $1.completedAt }.map(\.key)
        return scan
    }

    /// Stores a report, the JSON of an `AttemptReport`. Once this returns, the report and the attempt's chunks survive a crash.
    ///
    /// - Parameter chunks: the number of chunks that were stored; those that still exist are synced.
    package func store(_ report: Data, for key: AttemptKey, after chunks: Int = 0) throws(FileError) {
        for seq in 0..<chunks { try DurableFile.sync(chunkPath(seq, of: key)) }
        try DurableFile.replace(path(key), with: report, using: spares.reuse())
    }

    /// Nil if there is no such report.
    package func load(_ key: AttemptKey) throws(FileError) -> Data? {
        try DurableFile.read(path(key))
    }

    /// Removes a report; one that does not exist counts as removed. This is not synced: if the removal is lost in a power cut,
    /// the report is delivered twice, which the control plane allows.
    package func remove(_ key: AttemptKey) throws(FileError) {
        let path = path(key)
        guard spares.keep(path) || unlink(path) == 0 || errno == ENOENT else { throw .last("remove", path) }
    }

    private static func isRegularFile(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    func aside(_ path: String) throws(FileError) -> String {
        let target = "\(path).corrupt"
        guard rename(path, target) == 0 || errno == ENOENT else { throw .last("rename", path) }
        return target
    }

    private static let suffix = ".json"

    /// The file `<job>-attempt-<n>-<hash>.json`. The job's id comes from outside, so its characters and length are restricted,
    /// and the hash of the whole id distinguishes ids that this makes equal.
    func path(_ key: AttemptKey) -> String { "\(directory)/\(name(key))\(Self.suffix)" }

    var directory: String { state.spoolPath }

    func name(_ key: AttemptKey) -> String {
        let tame = key.jobID.utf8.prefix(64).map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                byte
            default: UInt8(ascii: "_")
            }
        }
        let hash = String(Self.fnv1a(key.jobID.utf8), radix: 16)
        return "\(String(decoding: tame, as: UTF8.self))-attempt-\(key.attempt)-\(hash)"
    }

    /// The 64-bit FNV-1a hash.
    static func fnv1a(_ bytes: some Sequence<UInt8>) -> UInt64 {
        bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
    }
}

/// Engines' retractions, stored beside the reports in one small file for each basis until the control plane has acknowledged
/// them.
extension Spool {
    static let retractionSuffix = ".retraction"

    /// Stores a retraction, which survives a crash once this returns.
    func store(_ retraction: Retraction) throws {
        try DurableFile.replace(path(retraction), with: try WireJSON.encode(retraction))
    }

    /// Removes a retraction. Like `remove` of a report this is not synced: a retraction that reappears is delivered again,
    /// which the control plane allows.
    func remove(_ retraction: Retraction) throws(FileError) {
        let path = path(retraction)
        guard unlink(path) == 0 || errno == ENOENT else { throw .last("remove", path) }
    }

    /// The retractions that earlier processes left, and the files that hold none, which have been renamed to end in `.corrupt`.
    func retractions() throws(FileError) -> (found: [Retraction], corrupt: [CorruptFile]) {
        var found: [Retraction] = []
        var corrupt: [CorruptFile] = []
        for name in try Directory.names(in: directory) where name.hasSuffix(Self.retractionSuffix) {
            let path = "\(directory)/\(name)"
            if let content = try DurableFile.read(path), let retraction = try? WireJSON.decode(Retraction.self, from: content) {
                found.append(retraction)
            } else {
                corrupt.append(CorruptFile(path: try aside(path), reason: "not a retraction"))
            }
        }
        return (found, corrupt)
    }

    private func path(_ retraction: Retraction) -> String {
        "\(directory)/\(String(Self.fnv1a(retraction.basis.utf8), radix: 16))\(Self.retractionSuffix)"
    }
}
