package import FoundationEssentials
import Glibc
package import LynxModel
package import Support
import Synchronization

/// Chunks of telemetry are stored beside the report of their attempt: `<its name>-<seq>.chunk`.
extension Spool {
    private static let chunkSuffix = ".chunk"

    /// When this returns, the chunk survives the end of this process; it survives a crash of the machine once `store` of the
    /// report has returned. Before that it has no value: without a report the attempt is lost and runs again.
    package func store(chunk: Data, _ seq: Int, for key: AttemptKey) throws(FileError) {
        try DurableFile.place(chunkPath(seq, of: key), with: chunk, using: spares.reuse())
        _ = chunked.withLock { $0[key, default: []].insert(seq) }
    }

    /// Nil if there is no such chunk.
    package func loadChunk(_ seq: Int, of key: AttemptKey) throws(FileError) -> Data? {
        try DurableFile.read(chunkPath(seq, of: key))
    }

    /// Removes a chunk. One that stays by mistake is delivered twice, which the control plane allows, or removed at the next
    /// start.
    package func removeChunk(_ seq: Int, of key: AttemptKey) {
        let path = chunkPath(seq, of: key)
        if !spares.keep(path) { unlink(path) }
        chunked.withLock { chunked in
            chunked[key]?.remove(seq)
            if chunked[key]?.isEmpty == true { chunked[key] = nil }
        }
    }

    /// Removes the chunks that this process has stored, or found with `chunks`.
    package func removeChunks(of key: AttemptKey) {
        for seq in chunked.withLock({ $0[key] }) ?? [] { removeChunk(seq, of: key) }
    }

    /// An attempt's chunks in the spool: their numbers, in order, and sizes in bytes.
    package func chunks(of key: AttemptKey) throws(FileError) -> [(seq: Int, bytes: Int)] {
        let stem = name(key) + "-"
        var found: [(seq: Int, bytes: Int)] = []
        for name in try Directory.names(in: directory) where name.hasPrefix(stem) && name.hasSuffix(Self.chunkSuffix) {
            guard let seq = Int(name.dropFirst(stem.count).dropLast(Self.chunkSuffix.count)), seq >= 0 else { continue }
            var status = stat()
            guard lstat("\(directory)/\(name)", &status) == 0 else { continue }
            found.append((seq, Int(status.st_size)))
        }
        if !found.isEmpty { chunked.withLock { $0[key, default: []].formUnion(found.map(\.seq)) } }
        return found.sorted { $0.seq < $1.seq }
    }

    /// Removes the chunks of attempts without a report: their process ended, and they with it.
    package func removeOrphanedChunks(except reports: [AttemptKey]) throws(FileError) {
        let stems = Set(reports.map(name))
        for name in try Directory.names(in: directory) where name.hasSuffix(Self.chunkSuffix) {
            let stem = name.lastIndex(of: "-").map { String(name[..<$0]) } ?? name
            if !stems.contains(stem) { unlink("\(directory)/\(name)") }
        }
    }

    func chunkPath(_ seq: Int, of key: AttemptKey) -> String { "\(directory)/\(name(key))-\(seq)\(Self.chunkSuffix)" }
}
