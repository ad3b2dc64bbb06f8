import Dispatch
import FoundationEssentials
import LynxModel
import Testing

@testable import RunnerHost

@Suite("Packing chunks")
struct ChunkWriterTests {
    /// Holds up whoever writes to it.
    private final class SlowOutlet: TelemetryOutlet {
        let reached = DispatchSemaphore(value: 0), goOn = DispatchSemaphore(value: 0)
        var isOpen: Bool { true }
        var chunks: Int { 0 }
        var warnings: [String] { [] }

        func take(_ chunk: Data) throws {
            reached.signal()
            goOn.wait()
        }
    }

    @Test("Where packing falls behind, what waits is written unpacked, and packed again afterwards; it reads the same")
    func behind() async throws {
        let chunks = (0..<20).map { number in
            TelemetryChunk(columns: [
                .init(name: "x", units: "m", timeS: (0..<500).map(Double.init), values: (0..<500).map { Double($0 + number) })
            ])
        }
        let writer = ChunkWriter()
        let slow = SlowOutlet(), outlet = KeepingOutlet()
        async let held = writer.write(chunks[0], .zlib, to: slow)
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                slow.reached.wait()
                continuation.resume()
            }
        }
        let written = await withTaskGroup(of: Bool.self) { group in
            for chunk in chunks { group.addTask { await writer.write(chunk, .zlib, to: outlet) } }
            // Until all of them wait.
            while writer.count < chunks.count + 1 { await Task.yield() }
            slow.goOn.signal()
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(await held)
        #expect(written == chunks.count)
        #expect(writer.count == 0)
        // Byte 5 of a chunk says how it is packed: the last eight found that few waited.
        #expect(outlet.taken.map { $0[5] } == [UInt8](repeating: 0, count: chunks.count - 8) + [UInt8](repeating: 1, count: 8))
        #expect(try Set(outlet.taken.map { try TelemetryChunk($0) }) == Set(chunks))
    }
}
