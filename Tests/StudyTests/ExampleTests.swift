import Foundation
import LynxModel
import TestSupport
import Testing

/// Each example as its one command runs it, judged by what its physics says of the parameters that were drawn.
@Suite("The examples", .timeLimit(.minutes(10)))
struct ExampleTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func run(_ name: String, runs: Int) async throws -> StudyDocument {
        let end = try await Program.run(
            Repository.path("examples/run.sh"), [name, "--runs", "\(runs)", "--state", directory.file("state"), "--json"],
            environment: [
                "LYNXCTL": Repository.products + "/lynxctl", "LYNX_RUNNER_OUTPUT_ROOT": directory.file("runs"), "PYTHON": Repository.python,
            ])
        let document = try StudyDocument(end.output)
        #expect(document.results.count == runs)
        #expect(document.results.allSatisfy { $0.success }, "\(document.results.compactMap(\.errorMessage)) \(end.errors)")
        return document
    }

    private func number(_ result: JobResult, _ name: String) throws -> Double {
        try #require(result.outputs?.first { $0.name == name }?.value ?? nil, "\(name): \(result.metadata.warnings)")
    }

    private func parameter(_ document: StudyDocument, _ run: Int, _ name: String) throws -> Double {
        switch try document.job(run).runConfig.parameters[name] {
        case .number(let value): return value
        case .integer(let value): return Double(value)
        default: throw CocoaError(.coderValueNotFound)
        }
    }

    @Test("The C++ program's shell flies as an integration of the same equations says")
    func cpp() async throws {
        let document = try await run("cpp", runs: 5)
        for index in 0..<5 {
            let (speed, drag) = (try parameter(document, index, "speed_m_s"), try parameter(document, index, "drag_per_m"))
            let (elevation, wind) = (try parameter(document, index, "elevation_deg") * .pi / 180, try parameter(document, index, "headwind_m_s"))
            // Midpoint rule, of second order, so that a coarser step is enough.
            var (x, y, u, v, t) = (0.0, 0.0, speed * cos(elevation), speed * sin(elevation), 0.0)
            let step = 0.002
            while y >= 0 {
                func pull(_ u: Double, _ v: Double) -> (Double, Double) {
                    let air = hypot(u + wind, v)
                    return (-drag * air * (u + wind), -9.80665 - drag * air * v)
                }
                let (a, b) = pull(u, v)
                let (um, vm) = (u + a * step / 2, v + b * step / 2)
                let (am, bm) = pull(um, vm)
                (x, y, u, v, t) = (x + um * step, y + vm * step, u + am * step, v + bm * step, t + step)
            }
            let result = try document.result(index)
            #expect(abs(try number(result, "range_m") - x) < 3)
            let altitude = try #require(result.telemetryData["altitude_m"])
            #expect(altitude.units == "m")
            #expect(abs(try #require(altitude.timeS.last) - t) < 0.2)
        }
    }

    @Test("JSBSim flies what was drawn: its own table begins with it")
    func jsbsim() async throws {
        let document = try await run("jsbsim", runs: 4)
        for index in 0..<4 {
            let result = try document.result(index)
            func first(_ name: String) throws -> Double { try #require(result.telemetryData[name]?.values.first) }
            #expect(abs(try first("altitude_ft") - parameter(document, index, "ic/h-sl-ft")) < 0.1)
            #expect(abs(try first("airspeed_kts") - parameter(document, index, "ic/vc-kts")) < 0.01)
            // The aircraft with its fuel, and the pilot whose weight is dispersed.
            let empty = try first("weight_lbs") - parameter(document, index, "inertia/pointmass-weight-lbs")
            #expect(abs(empty - 2290) < 0.01)
            #expect((500...10_000).contains(try number(result, "touchdown_m")))
            #expect(result.artifacts.contains { $0.path == "flight.csv" })
        }
    }

    @Test("The FMU swings as a damped oscillator does")
    func fmu() async throws {
        let document = try await run("fmu", runs: 4)
        for index in 0..<4 {
            let mass = try parameter(document, index, "mass_kg")
            let decay = try parameter(document, index, "damping") / (2 * mass)
            let frequency = sqrt(try parameter(document, index, "stiffness") / mass - decay * decay)
            let phase = frequency * 10
            let expected = exp(-decay * 10) * (cos(phase) + decay / frequency * sin(phase))
            #expect(abs(try number(document.result(index), "final_position_m") - expected) < 0.005)
        }
    }

    @Test("RocketPy's rocket lands with the speed at which its parachute carries it")
    func rocketpy() async throws {
        let document = try await run("rocketpy", runs: 2)
        for index in 0..<2 {
            let result = try document.result(index)
            let weight = (try parameter(document, index, "mass_kg") + 1.815) * 9.80665
            let terminal = sqrt(2 * weight / (1.212 * (try parameter(document, index, "parachute_cd_s_m2"))))
            #expect(abs(try number(result, "landing_speed_m_s") / terminal - 1) < 0.02)
            #expect((2000...4000).contains(try number(result, "apogee_m")))
        }
    }
}
