package import FoundationEssentials
import Glibc
package import LynxModel
package import Support
import Synchronization

/// Reports of ended attempts that the control plane has not acknowledged yet, one file each. A report is here, on disk,
/// before it is first sent.
///
/// Methods block on the disk. Different reports may be handled at the same time, from any thread.
package final class Spool: Sendable {
    private let state: StateDirectory
    /// Files of what was acknowledged.
    let spares: SpareFiles
    /// The numbers of the chunks that lie here: to list the directory for each report takes long when many wait.
    let chunked = Mutex<[AttemptKey: Set<Int>]>([:])

    /// Keeps the state directory's lock for as long as the spool lives.
    package init(_ state: StateDirectory) {
        self.state = state
        spares = SpareFiles(in: state.spoolPath)
    }

    /// What `scan` found.
    package struct Scan: Hashable, Sendable {
        package var reports: [AttemptKey] = []
        /// What the results rest on, of those that do.
        package var bases: [AttemptKey: String] = [:]
        /// Files that hold no report, and why; each now ends in `.corrupt`.
        package var corrupt: [CorruptFile] = []
    }

    package struct CorruptFile: Hashable, Sendable {
        package var path: String
        package var reason: String
    }

    /// Lists what earlier processes left, oldest first, and sets aside what is no report.
    package func scan() throws(FileError) -> Scan {
        var found: [(key: AttemptKey, completedAt: Date)] = []
        var scan = Scan()
        for name in try Directory.names(in: state.spoolPath) {
            let path = "\(state.spoolPath)/\(name)"
            // An engine may be taking something back at this moment.
            if name.hasSuffix(Self.retractionSuffix + DurableFile.temporarySuffix) { continue }
            if name.hasSuffix(SpareFiles.suffix) { unlink(path) }
            // The process died between writing and renaming: a whole report counts, half of one never was one.
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

    /// `report` is the JSON of the attempt's report. When this returns, it survives a crash, and so do the attempt's chunks.
    ///
    /// - Parameter chunks: how many there were; those that are still here count.
    package func store(_ report: Data, for key: AttemptKey, after chunks: Int = 0) throws(FileError) {
        for seq in 0..<chunks { try DurableFile.sync(chunkPath(seq, of: key)) }
        try DurableFile.replace(path(key), with: report, using: spares.take())
    }

    /// nil when there is no such report.
    package func load(_ key: AttemptKey) throws(FileError) -> Data? {
        try DurableFile.read(path(key))
    }

    /// Forgets a report; a report that is not there is forgotten already. Not synced: should the removal be lost with
    /// the machine's power, the report is delivered twice, which the control plane allows.
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

    /// `<job>-attempt-<n>-<hash>.json`. The job's id comes from outside, so that its characters and length are tamed,
    /// and the hash of the whole id keeps ids apart that this makes equal.
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

    /// FNV-1a, 64 bits.
    static func fnv1a(_ bytes: some Sequence<UInt8>) -> UInt64 {
        bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
    }
}
