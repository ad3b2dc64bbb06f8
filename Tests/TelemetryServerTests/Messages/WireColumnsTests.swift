import TestSupport
import Testing

@testable import TelemetryServer

@Suite("Columns read where they lie")
struct WireColumnsTests {
    private func column(_ random: inout SplitMix64) -> [UInt8] {
        let names = ["orbit.radius_km", "x", "", "höhe", "a\0b", String(repeating: "n", count: 300)]
        let count = [0, 1, 2, 14, 600].randomElement(using: &random)!
        func numbers(_ field: UInt8, _ bytes: Int) -> [UInt8] {
            Messages.field(field, (0..<bytes).map { _ in UInt8.random(in: 0...255, using: &random) })
        }
        var fields = [
            Messages.field(1, Array(names.randomElement(using: &random)!.utf8)),
            Messages.field(2, Array(["km", "", "m/s", "\0"].randomElement(using: &random)!.utf8)),
            numbers(3, 8 * count), numbers(4, 8 * count),
        ]
        switch Int.random(in: 0..<16, using: &random) {
        case 0: fields.shuffle(using: &random)
        case 1: fields.append(fields.randomElement(using: &random)!)
        case 2: fields.remove(at: Int.random(in: 0..<4, using: &random))
        case 3: fields.append(Messages.field(9, [1, 2]))
        case 4: fields[2] = numbers(3, 8 * count + Int.random(in: 0..<9, using: &random))
        case 5: fields[2...3] = [numbers(3, 13), numbers(4, 13)]
        default: break
        }
        return Messages.field(2, fields.flatMap { $0 })
    }

    @Test("Whatever is sent, it comes to the same as what protobuf-c makes of it", arguments: 0..<40)
    func sameAsDecoded(seed: Int) async throws {
        var random = SplitMix64(state: UInt64(seed))
        let messages = (0..<60).map { _ in
            var message = (0..<Int.random(in: 0..<4, using: &random)).flatMap { _ in column(&random) }
            guard !message.isEmpty else { return message }
            switch Int.random(in: 0..<6, using: &random) {
            case 0: message[Int.random(in: message.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            case 1: message.removeLast(Int.random(in: 0...message.count, using: &random))
            case 2: message += Messages.batch([1])
            default: break
            }
            return message
        }
        #expect(try await IntakeOutcome(messages, byDecoding: false) == IntakeOutcome(messages, byDecoding: true))
    }

    @Test("Usual columns are read without protobuf-c, others and more than there is room for are not")
    func shape() {
        func count(_ message: [UInt8]) -> Int? {
            message.withUnsafeBytes { WireColumns().read($0)?.count }
        }
        let name = Messages.field(1, [97]), numbers = [3, 4].flatMap { Messages.field($0, [UInt8](repeating: 1, count: 16)) }
        let column = Messages.field(2, name + numbers)
        #expect(count(column) == 1)
        #expect(count([]) == 0)
        #expect(count([[UInt8]](repeating: column, count: 1024).flatMap { $0 }) == 1024)
        #expect(count([[UInt8]](repeating: column, count: 1025).flatMap { $0 }) == nil)
        #expect(count(column + Messages.batch([1])) == nil)
        #expect(count(Messages.field(2, name + numbers + name)) == nil)
        #expect(count(Messages.field(2, name + numbers.dropLast(18))) == nil)
        #expect(count(Array(column.dropLast())) == nil)
    }
}
