import EngineABI
import Foundation
import MAVLink
import TestSupport
import Testing

@testable import PX4SITL

@Suite("Telemetry taken from PX4")
struct TelemetryTests {
    private func frame(_ message: some MAVLinkTypedMessage) throws -> MAVLinkFrame {
        var encoder = MAVLinkEncoder(systemID: 1, componentID: 1)
        var parser = MAVLinkParser()
        var frames: [MAVLinkFrame] = []
        encoder.encode(message).withUnsafeBytes { parser.push($0) { frames.append($0) } }
        return try #require(frames.first)
    }

    private func samples(_ tap: TelemetryTap, _ message: some MAVLinkTypedMessage) throws -> [String: (value: Double, units: String, time: Double)] {
        let samples = tap.samples(of: try frame(message))
        return Dictionary(uniqueKeysWithValues: samples.map { sample in
            (text(sample.name), (sample.value, text(sample.units), sample.sim_time_s))
        })
    }

    private func text(_ string: lynx_string) -> String {
        String(decoding: UnsafeRawBufferPointer(start: string.data, count: string.size), as: UTF8.self)
    }

    @Test("Values come in the table's units, at the vehicle's own time")
    func units() throws {
        var position = GlobalPositionInt()
        position.timeBootMs = 12_500
        position.relativeAlt = 120_250
        position.alt = -1_500
        position.lat = 473_977_420
        position.lon = -85_455_940
        let found = try samples(TelemetryTap(), position)
        #expect(found["px4.altitude.relative_m"]! == (120.25, "m", 12.5))
        #expect(found["px4.altitude.amsl_m"]! == (-1.5, "m", 12.5))
        #expect(found["px4.global_position.lat_deg"]! == (47.397742, "deg", 12.5))
        #expect(found["px4.global_position.lon_deg"]! == (-8.545594, "deg", 12.5))
    }

    @Test("A message without a time has that of the latest that had one")
    func latestTime() throws {
        let tap = TelemetryTap()
        var attitude = Attitude()
        attitude.timeBootMs = 7_000
        _ = try samples(tap, attitude)
        var state = ExtendedSysState()
        state.landedState = 2
        #expect(try samples(tap, state)["px4.landed_state"]! == (2, "", 7))
    }

    @Test("What PX4 does not know is no sample")
    func unknown() throws {
        var status = SysStatus()
        status.voltageBattery = .max
        status.currentBattery = -1
        status.batteryRemaining = 49
        status.onboardControlSensorsHealth = 0x1000_002F
        status.onboardControlSensorsPresent = 0x2F
        let found = try samples(TelemetryTap(), status)
        #expect(found.keys.sorted() == ["px4.battery.remaining_pct", "px4.health.prearm_ok", "px4.health.sensors_ok"])
        #expect(found["px4.battery.remaining_pct"]?.value == 49 && found["px4.health.prearm_ok"]?.value == 1)
    }

    @Test("What PX4 does not estimate now is no sample, whichever field of the table it is, and the others keep their names")
    func notEstimated() throws {
        for source in TelemetryTable.sources {
            let message = try #require(MAVLinkMessage.withID(source.id))
            let floats = message.fields.filter { $0.type == .float }
            for field in floats {
                for unknown in [Float.nan, .infinity, -.infinity] {
                    var payload = MAVLinkPayload()
                    payload.store(unknown, field.offset)
                    var encoder = MAVLinkEncoder(systemID: 1, componentID: 1)
                    var parser = MAVLinkParser()
                    var found: [(name: String, value: Double)] = []
                    let tap = TelemetryTap()
                    encoder.encode(payload, of: message).withUnsafeBytes { bytes in
                        parser.push(bytes) { frame in found = tap.samples(of: frame).map { (text($0.name), $0.value) } }
                    }
                    let used = source.variables.count - found.count
                    #expect(used == 0 || used == 1, "\(message.name).\(field.name)")
                    #expect(found.allSatisfy { $0.value.isFinite }, "\(message.name).\(field.name)")
                    let names = source.variables.map(\.name)
                    #expect(found.map(\.name) == names.filter { name in found.contains { $0.name == name } })
                }
            }
        }
        var estimator = EstimatorStatus()
        estimator.velRatio = .nan
        estimator.posVertRatio = 0.25
        let ratios = try samples(TelemetryTap(), estimator)
        #expect(ratios["px4.estimator.vel_ratio"] == nil && ratios["px4.estimator.pos_vert_ratio"]?.value == 0.25)
    }

    @Test("The documentation has the table, row for row")
    func documented() throws {
        let page = try String(contentsOfFile: Repository.path("docs/run-px4-studies.md"), encoding: .utf8)
        let documented = page.split(separator: "\n").filter { $0.hasPrefix("| `px4.") }.map(String.init)
        let rows = TelemetryTable.sources.flatMap { source in
            source.variables.map { variable in
                let units = variable.units.isEmpty ? "" : variable.units + " "
                return "| `\(variable.name)` | \(units)| `\(source.message)` | \(variable.meaning) |"
            }
        }
        #expect(documented == rows)
    }

    @Test("Every message of the table fills exactly its variables, and no name is used twice")
    func table() throws {
        let names = TelemetryTable.sources.flatMap(\.variables).map(\.name)
        #expect(Set(names).count == names.count)
        for source in TelemetryTable.sources {
            let definition = try #require(MAVLinkMessage.withID(source.id))
            #expect(definition.name == source.message)
            var encoder = MAVLinkEncoder(systemID: 1, componentID: 1)
            var parser = MAVLinkParser()
            var count = 0
            let tap = TelemetryTap()
            encoder.encode(MAVLinkPayload(), of: definition).withUnsafeBytes { bytes in
                parser.push(bytes) { count = tap.samples(of: $0).count }
            }
            #expect(count == source.variables.count, "\(source.message)")
        }
    }
}
