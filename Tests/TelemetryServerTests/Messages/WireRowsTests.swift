import TestSupport
import Testing

@testable import TelemetryServer

@Suite("Rows read where they lie")
struct WireRowsTests {
    private func row(_ random: inout SplitMix64) -> [UInt8] {
        let names = ["orbit.radius_km", "x", "", "höhe", "a\0b", String(repeating: "n", count: 200), String(repeating: "n", count: 300)]
        var fields: [[UInt8]] = [
            Messages.field(1, Array(names.randomElement(using: &random)!.utf8)),
            [2 << 3 | 1] + (0..<8).map { _ in UInt8.random(in: 0...255, using: &random) },
            [3 << 3 | 1] + (0..<8).map { _ in UInt8.random(in: 0...255, using: &random) },
            Messages.field(4, Array(["km", "", "m/s", "\0"].randomElement(using: &random)!.utf8)),
        ]
        switch Int.random(in: 0..<8, using: &random) {
        case 0: fields.shuffle(using: &random)
        case 1: fields.append(fields.randomElement(using: &random)!)
        case 2: fields.remove(at: Int.random(in: 0..<4, using: &random))
        case 3: fields.append(Messages.field(9, [1, 2]))
        default: break
        }
        return Messages.field(1, fields.flatMap { $0 })
    }

    @Test("Whatever is sent, it comes to the same as what protobuf-c makes of it", arguments: 0..<40)
    func sameAsDecoded(seed: Int) async throws {
        var random = SplitMix64(state: UInt64(seed))
        let messages = (0..<100).map { _ in
            var message = (0..<Int.random(in: 0..<5, using: &random)).flatMap { _ in row(&random) }
            guard !message.isEmpty else { return message }
            switch Int.random(in: 0..<4, using: &random) {
            case 0: message[Int.random(in: message.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            case 1: message.removeLast(Int.random(in: 0...message.count, using: &random))
            default: break
            }
            return message
        }
        #expect(try await IntakeOutcome(messages, byDecoding: false) == IntakeOutcome(messages, byDecoding: true))
    }

    @Test("Usual rows are read without protobuf-c, others and columns are not")
    func shape() {
        func isOfTheShape(_ message: [UInt8]) -> Bool {
            message.withUnsafeBytes { WireRows($0) != nil }
        }
        #expect(isOfTheShape(Messages.batch([1, 2, 3], name: "orbit.radius_km", units: "km")))
        #expect(isOfTheShape(Messages.batch([1], name: String(repeating: "n", count: 250))))
        #expect(!isOfTheShape(Messages.batch([1]) + Messages.field(2, [])))
        #expect(!isOfTheShape(Array(Messages.batch([1]).dropLast())))
    }
}
