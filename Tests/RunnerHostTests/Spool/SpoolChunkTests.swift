import Foundation
import LynxModel
import Support
import TestSupport
import Testing

@testable import RunnerHost

@Suite("Chunks in the spool")
struct SpoolChunkTests {
    private let directory: TemporaryDirectory
    private let spool: Spool

    init() throws {
        directory = try TemporaryDirectory()
        spool = Spool(try StateDirectory(path: directory.file("state")))
    }

    @Test("They lie beside the report, in order of their numbers, and are told from those of other attempts")
    func order() throws {
        let (one, other) = (AttemptKey(jobID: "a", attempt: 1), AttemptKey(jobID: "a", attempt: 11))
        for seq in [0, 2, 10, 9] { try spool.store(chunk: Data(repeating: 7, count: seq), seq, for: one) }
        try spool.store(chunk: Data([1]), 3, for: other)
        #expect(try spool.chunks(of: one).map(\.seq) == [0, 2, 9, 10])
        #expect(try spool.chunks(of: one).map(\.bytes) == [0, 2, 9, 10])
        #expect(try spool.loadChunk(2, of: one) == Data([7, 7]))
        #expect(try spool.loadChunk(3, of: one) == nil)
        spool.removeChunk(2, of: one)
        spool.removeChunks(of: other)
        #expect(try spool.chunks(of: one).map(\.seq) == [0, 9, 10])
        #expect(try spool.chunks(of: other).isEmpty)
    }

    @Test("The file of a removed chunk is written over by the next, shorter or longer; a large one is not kept")
    func usedAgain() throws {
        let key = AttemptKey(jobID: "a", attempt: 1)
        for (seq, bytes) in [100, 10, 1000, 300 << 10].enumerated() {
            let chunk = Data(repeating: UInt8(seq), count: bytes)
            try spool.store(chunk: chunk, seq, for: key)
            #expect(try directory.names("state/spool").count == 1)
            #expect(try spool.loadChunk(seq, of: key) == chunk)
            spool.removeChunk(seq, of: key)
            #expect(try spool.chunks(of: key).isEmpty)
        }
        #expect(try directory.names("state/spool") == [])
    }

    @Test("At a start those without a report are removed, and what is being written by nobody")
    func orphans() throws {
        let job = JobAssignment.sample("with-report")
        try spool.store(try WireJSON.encode(AttemptReport.sample(job)), for: job.key)
        try spool.store(chunk: Data([1]), 0, for: job.key)
        try spool.store(chunk: Data([2]), 0, for: AttemptKey(jobID: "without", attempt: 1))
        try Data([3]).write(to: URL(filePath: spool.chunkPath(1, of: job.key) + ".tmp"))
        let scan = try spool.scan()
        #expect(scan == Spool.Scan(reports: [job.key], corrupt: []))
        try spool.removeOrphanedChunks(except: scan.reports)
        #expect(try directory.names("state/spool").count == 2)
        #expect(try spool.loadChunk(0, of: job.key) == Data([1]))
    }

    @Test("A report comes to the disk after its chunks: when one cannot be synced, neither is it there")
    func reportAfterChunks() throws {
        let job = JobAssignment.sample("synced-last")
        let report = try WireJSON.encode(AttemptReport.sample(job))
        for seq in 0..<3 { try spool.store(chunk: Data([1]), seq, for: job.key) }
        // One that has been delivered is no longer there, and not missed.
        spool.removeChunk(0, of: job.key)
        let path = spool.chunkPath(1, of: job.key)
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "elsewhere")
        let error = #expect(throws: FileError.self) { try spool.store(report, for: job.key, after: 3) }
        #expect(error?.path == path)
        #expect(try spool.load(job.key) == nil)
        try FileManager.default.removeItem(atPath: path)
        try spool.store(report, for: job.key, after: 3)
        #expect(try spool.load(job.key) == report)
    }
}
