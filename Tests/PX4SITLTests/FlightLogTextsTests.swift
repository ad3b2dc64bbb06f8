import Foundation
import TestSupport
import Testing

@testable import PX4SITL

@Suite("Texts in PX4's log")
struct FlightLogTextsTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func message(_ kind: Character, _ content: [UInt8]) -> [UInt8] {
        withUnsafeBytes(of: UInt16(content.count).littleEndian, Array.init) + [kind.asciiValue!] + content
    }

    private func text(_ seconds: Double, _ text: String, isTagged: Bool = false) -> [UInt8] {
        let time = withUnsafeBytes(of: UInt64(seconds * 1e6).littleEndian, Array.init)
        return message(isTagged ? "C" : "L", [0x30] + (isTagged ? [7, 0] : []) + time + Array(text.utf8))
    }

    private func log(_ messages: [[UInt8]]) throws -> String {
        let header: [UInt8] = [0x55, 0x4C, 0x6F, 0x67, 0x01, 0x12, 0x35, 1] + [UInt8](repeating: 0, count: 8)
        let path = directory.file("flight.ulg")
        try Data(header + messages.flatMap { $0 }).write(to: URL(fileURLWithPath: path))
        return path
    }

    @Test("Time-outs of sensors within the stretch are named once each, whatever else is logged")
    func timeouts() throws {
        let path = try log([
            message("B", [UInt8](repeating: 0, count: 40)), text(5, "BARO #0 failed:  TIMEOUT!"), text(11, "[sensors] Accel #0 fail:  TIMEOUT!\t"),
            message("D", Array("TIMEOUT in some data".utf8)), text(11.5, "Preflight Fail: no mode"), text(12, "\tGyro #1 fail:  STALE TIMEOUT!", isTagged: true),
            text(13, "[sensors] Accel #2 fail:  TIMEOUT!\t"),
            text(14, "[vehicle_air_data] BARO #0 failed:  TIMEOUT!\t"), text(31, "MAG #0 failed:  TIMEOUT!"),
        ])
        let wanted = "PX4's sensors timed out in flight (accel, baro, gyro): fewer jobs at a time, or a lower factor"
        #expect(FlightLogTexts.timeouts(in: [path], during: 10...30) == wanted)
        #expect(FlightLogTexts.timeouts(in: [path], during: 15...30) == nil)
        #expect(FlightLogTexts.timeouts(in: [path, directory.file("none")], during: 0...6) != nil)
    }

    @Test("A log that is cut off anywhere is read as far as it goes")
    func cutOff() throws {
        let whole = try Data(contentsOf: URL(fileURLWithPath: log([text(1, "one"), text(2, "two")])))
        var counts: Set<Int> = []
        for size in 0...whole.count {
            let path = directory.file("cut-\(size).ulg")
            try whole.prefix(size).write(to: URL(fileURLWithPath: path))
            var texts: [String] = []
            FlightLogTexts.each(in: path) { texts.append("\($0) \($1)") }
            #expect(texts == ["1.0 one", "2.0 two"].prefix(texts.count).map { $0 })
            counts.insert(texts.count)
        }
        #expect(counts == [0, 1, 2])
    }
}
