import Dispatch
import FoundationEssentials
import LynxModel
import LynxTelemetry
import Testing

@testable import RunnerHost

@Suite("Packing chunks")
struct ChunkPackerTests {
    @Test("Where packing falls behind, what waits is written unpacked, and packed again afterwards; it reads the same")
    func behind() async throws {
        let chunks = (0..<20).map { number in
            TelemetryChunk(columns: [
                .init(name: "x", units: "m", timeS: (0..<500).map(Double.init), values: (0..<500).map { Double($0 + number) })
            ])
        }
        let packer = ChunkPacker()
        let written = Monitor<[Data]>([])
        let isReached = Monitor(false), goOn = DispatchSemaphore(value: 0)
        async let held = packer.pack(chunks[0], .zlib) { _ in
            isReached.with { $0 = true }
            goOn.wait()
        }
        try await isReached.reach { $0 }
        let count = await withTaskGroup(of: Bool.self) { group in
            for chunk in chunks { group.addTask { await packer.pack(chunk, .zlib) { packed in written.with { $0.append(packed) } } } }
            // Until all of them wait.
            while packer.count < chunks.count + 1 { await Task.yield() }
            goOn.signal()
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(await held)
        #expect(count == chunks.count)
        #expect(packer.count == 0)
        // Byte 5 of a chunk says how it is packed: the last eight found that few waited.
        #expect(written.read { $0 }.map { $0[5] } == [UInt8](repeating: 0, count: chunks.count - 8) + [UInt8](repeating: 1, count: 8))
        #expect(try Set(written.read { $0 }.map { try TelemetryChunk($0) }) == Set(chunks))
    }
}
