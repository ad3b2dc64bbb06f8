import FoundationEssentials
import LynxDocument
import LynxModel
import Testing
import TestSupport

@Suite("Damaged batch files")
struct MutatedInputTests {
    @Test("Damaged files either say something valid or are refused in single lines", arguments: 0..<8)
    func yaml(seed: Int) throws {
        let original = Array(BatchReaderTests.full.utf8)
        var mutator = Mutator(seed: UInt64(seed))
        for _ in 0..<100 {
            try judge(mutator.mutate(original)) { try BatchSubmission.read(yaml: String(decoding: $0, as: UTF8.self), name: "t.yaml") }
        }
    }

    @Test("Damaged bodies either say something valid or are refused in single lines", arguments: 0..<8)
    func json(seed: Int) throws {
        let original = try Array(WireJSON.encode(BatchSubmission.read(yaml: BatchReaderTests.full, name: "full.yaml")))
        var mutator = Mutator(seed: UInt64(seed))
        for _ in 0..<100 { try judge(mutator.mutate(original)) { try BatchSubmission.read(json: Data($0)) } }
    }

    private func judge(_ bytes: [UInt8], _ read: ([UInt8]) throws -> BatchSubmission) throws {
        do {
            let batch = try read(bytes)
            #expect(try BatchSubmission.read(json: WireJSON.encode(batch)) == batch)
        } catch let error as DiagnosticList {
            #expect(!error.diagnostics.isEmpty)
            for diagnostic in error.diagnostics {
                #expect(diagnostic.mark.line > 0)
                #expect(diagnostic.description.unicodeScalars.allSatisfy { !Excerpt.isControl($0) })
            }
        }
    }
}

/// The damage that editors, merges and networks do: bytes changed, cut, doubled and moved.
private struct Mutator {
    private var generator: SplitMix64

    init(seed: UInt64) { generator = SplitMix64(state: seed) }

    mutating func mutate(_ original: [UInt8]) -> [UInt8] {
        var bytes = original
        for _ in 0...Int.random(in: 0..<3, using: &generator) {
            let at = Int.random(in: 0..<bytes.count, using: &generator)
            let end = min(bytes.count, at + Int.random(in: 1...12, using: &generator))
            switch Int.random(in: 0..<5, using: &generator) {
            case 0: bytes[at] = UInt8.random(in: 0...255, using: &generator)
            case 1: bytes.removeSubrange(at..<end)
            case 2: bytes.insert(contentsOf: bytes[at..<end], at: Int.random(in: 0..<bytes.count, using: &generator))
            case 3: bytes.insert("-:{}[]\"'\n\t #&*!|>%@`,0.e\\".utf8.randomElement(using: &generator)!, at: at)
            default: bytes.swapAt(at, end - 1)
            }
        }
        return bytes.isEmpty ? original : bytes
    }
}
