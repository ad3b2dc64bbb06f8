import FoundationEssentials
import Glibc
import LynxModel
import Support

/// What engines took back, beside the reports: one small file for each basis, until the control plane has acknowledged it.
extension Spool {
    static let retractionSuffix = ".retraction"

    /// When this returns, it survives a crash.
    func store(_ retraction: Retraction) throws {
        try DurableFile.replace(path(retraction), with: try WireJSON.encode(retraction))
    }

    /// Not synced, as `remove` of a report: one that comes back is delivered again, which the control plane allows.
    func remove(_ retraction: Retraction) throws(FileError) {
        let path = path(retraction)
        guard unlink(path) == 0 || errno == ENOENT else { throw .last("remove", path) }
    }

    /// What earlier processes left, and the files that hold none, which now end in `.corrupt`.
    func retractions() throws(FileError) -> (found: [Retraction], corrupt: [CorruptFile]) {
        var found: [Retraction] = []
        var corrupt: [CorruptFile] = []
        for name in try Directory.names(in: directory) where name.hasSuffix(Self.retractionSuffix) {
            let path = "\(directory)/\(name)"
            if let content = try DurableFile.read(path), let retraction = try? WireJSON.decode(Retraction.self, from: content) {
                found.append(retraction)
            } else {
                corrupt.append(CorruptFile(path: try aside(path), reason: "not what an engine took back"))
            }
        }
        return (found, corrupt)
    }

    private func path(_ retraction: Retraction) -> String {
        "\(directory)/\(String(Self.fnv1a(retraction.basis.utf8), radix: 16))\(Self.retractionSuffix)"
    }
}
