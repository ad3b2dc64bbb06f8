import TestSupport
import Testing

@testable import TelemetryServer

@Suite("Rows known by their looks")
struct RowTemplatesTests {
    /// The rows of a step of a simulation, each as its fields.
    private static let step: [[[UInt8]]] = [("orbit.radius_km", "km"), ("x", ""), ("höhe", "m"), (String(repeating: "n", count: 90), "m/s")]
        .map { name, units in
            [Messages.field(1, Array(name.utf8)), Messages.double(2, 1), Messages.double(3, 2)]
                + (units.isEmpty ? [] : [Messages.field(4, Array(units.utf8))])
        }

    @Test("A stream of the same rows comes to what protobuf-c makes of it, whatever gets between them", arguments: 0..<40)
    func sameAsDecoded(seed: Int) async throws {
        var random = SplitMix64(state: UInt64(seed))
        var place = 0
        let messages = (0..<200).map { _ in
            var message = (0..<Int.random(in: 0..<9, using: &random)).flatMap { _ in
                var fields = Self.step[place]
                place = (place + 1) % Self.step.count
                for number in 1...2 {
                    fields[number].replaceSubrange(1..., with: (0..<8).map { _ in UInt8.random(in: 0...255, using: &random) })
                }
                switch Int.random(in: 0..<60, using: &random) {
                case 0: fields.remove(at: Int.random(in: 1...2, using: &random))
                case 1: fields.append(Messages.double(2, 5))
                case 2: fields.swapAt(1, 2)
                case 3: fields.insert(Messages.field(1, Array("y".utf8)), at: 0)
                case 4: place = Int.random(in: Self.step.indices, using: &random)
                default: break
                }
                return Messages.field(1, fields.flatMap { $0 })
            }
            switch Int.random(in: 0..<40, using: &random) {
            case 0 where !message.isEmpty:
                message[Int.random(in: message.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            case 1: message.removeLast(Int.random(in: 0...message.count, using: &random))
            default: break
            }
            return message
        }
        #expect(try await IntakeOutcome(messages, byDecoding: false) == IntakeOutcome(messages, byDecoding: true))
    }

    private func read(_ templates: inout RowTemplates, _ message: [UInt8], room: Int = 8) -> [TelemetryRow]? {
        let rows = UnsafeMutableBufferPointer<TelemetryRow>.allocate(capacity: room)
        defer { rows.deallocate() }
        return message.withUnsafeBytes { templates.read($0, into: rows) }.map { Array(rows[..<$0]) }
    }

    private func learn(_ templates: inout RowTemplates, _ message: [UInt8], _ variables: [Int]) {
        message.withUnsafeBytes { bytes in
            var rows = WireRows(bytes)!
            for variable in variables { templates.learn(rows.next()!, of: variable) }
        }
    }

    @Test("Rows that came once are known in the same order, with other numbers; none of another name, shape or length")
    func known() {
        func step(_ number: Double, _ second: String = "b") -> [UInt8] {
            Messages.batch([number], name: "a", units: "m") + Messages.batch([-number], name: second, units: "s")
        }
        var templates = RowTemplates()
        #expect(read(&templates, step(1)) == nil)
        learn(&templates, step(1), [0, 1])
        let rows = [TelemetryRow(variable: 0, simTime: 0, value: 7), TelemetryRow(variable: 1, simTime: 0, value: -7)]
        #expect(read(&templates, step(7)) == rows)
        #expect(read(&templates, step(7) + step(7)) == rows + rows)
        #expect(read(&templates, []) == [])
        #expect(read(&templates, step(7), room: 1) == nil)
        #expect(read(&templates, step(7, "c")) == nil)
        #expect(read(&templates, step(7, "bb")) == nil)
        #expect(read(&templates, Array(step(7).dropLast())) == nil)
        #expect(read(&templates, step(7) + [10]) == nil)
        #expect(read(&templates, step(7)) == rows)
        // A number that is left out is 0.
        let without = Messages.field(1, Messages.field(1, Array("a".utf8)) + Messages.double(2, 3))
        #expect(read(&templates, without) == nil)
        learn(&templates, without, [0])
        learn(&templates, without, [0])
        #expect(read(&templates, without) == [TelemetryRow(variable: 0, simTime: 0, value: 3)])
    }

    @Test("A row that is written in an unusual way is left to others")
    func unusual() {
        let (name, value) = (Messages.field(1, [97]), Messages.double(2, 3))
        let unusual = [
            Messages.field(1, name + value + value), Messages.field(1, name + name + value), Messages.field(1, name),
            [10, UInt8(name.count + value.count) | 0x80, 0] + name + value,
            Messages.field(1, Messages.field(1, [UInt8](repeating: 97, count: 130)) + value),
        ]
        for message in unusual {
            var templates = RowTemplates()
            learn(&templates, message, [0])
            learn(&templates, message, [0])
            #expect(read(&templates, message) == nil)
        }
    }
}
