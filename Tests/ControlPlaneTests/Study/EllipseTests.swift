import Glibc
import Hummingbird
import HummingbirdTesting
import LynxModel
import TestSupport
import Testing

@testable import ControlPlane

@Suite("Dispersion ellipses of pairs of outputs", .timeLimit(.minutes(5)))
struct EllipseTests {
    /// Landing points on a circle about (10, −5), twice as far out to the east as to the north; run 3 is lost, run 4 has no north.
    private func study(_ client: any TestClientProtocol) async throws -> String {
        let (batchID, jobs) = try await client.judged(TestLedger.judged(runs: 40, by: nil))
        for job in jobs {
            let run = job.runConfig.runIndex
            let turn = 2 * Double.pi * Double(run) / 40
            let north = RunOutput(name: "north, true", value: run == 4 ? nil : -5 + sin(turn), units: "m")
            let outputs = [
                RunOutput(name: "east", value: 10 + 2 * cos(turn), units: "m"), north, RunOutput(name: "time", value: turn, units: "s"),
                RunOutput(name: "a:b", value: 3 * cos(turn), units: "s"), RunOutput(name: "count", value: 1),
            ]
            try await client.end(job, run == 3 ? .failure : .success, outputs: run == 3 ? [] : outputs)
        }
        return batchID
    }

    private func ellipses(_ client: any TestClientProtocol, _ batch: String, _ pairs: String) async throws -> [OutputEllipses] {
        try #require(try await client.get("/batches/\(batch)/statistics?pairs=\(pairs)", as: StudyStatistics.self).ellipses)
    }

    @Test("They are about the mean, with half-axes of so many standard deviations, and runs without an answer widen what is said of shares")
    func pair() async throws {
        try await TestControlPlane().test { client in
            let batch = try await study(client)
            let pair = try #require(try await ellipses(client, batch, "east:north,%20true").first)
            #expect(pair.x == "east" && pair.y == "north, true" && pair.xUnits == "m" && pair.count == 38 && pair.missing == 2)
            #expect(pair.pointsX.count == 38 && pair.pointsY.count == 38)
            let turns = (0..<40).filter { $0 != 3 && $0 != 4 }.map { 2 * Double.pi * Double($0) / 40 }
            let (xs, ys) = (turns.map { 10 + 2 * cos($0) }, turns.map { -5 + sin($0) })
            let (mx, my) = (xs.reduce(0, +) / 38, ys.reduce(0, +) / 38)
            #expect(abs(try #require(pair.centreX) - mx) < 1e-12)
            #expect(abs(try #require(pair.centreY) - my) < 1e-12)
            let xx = xs.reduce(0) { $0 + ($1 - mx) * ($1 - mx) } / 37
            let yy = ys.reduce(0) { $0 + ($1 - my) * ($1 - my) } / 37
            let xy = zip(xs, ys).reduce(0) { $0 + ($1.0 - mx) * ($1.1 - my) } / 37
            // The eigenvalues of the covariance.
            let root = ((xx - yy) * (xx - yy) / 4 + xy * xy).squareRoot()
            #expect(pair.ellipses.map(\.sigmas) == [1, 2, 3])
            for ellipse in pair.ellipses {
                #expect(abs(ellipse.semiMajor - ellipse.sigmas * ((xx + yy) / 2 + root).squareRoot()) < 1e-9)
                #expect(abs(ellipse.semiMinor - ellipse.sigmas * ((xx + yy) / 2 - root).squareRoot()) < 1e-9)
                #expect(abs(ellipse.normalShare - (1 - exp(-ellipse.sigmas * ellipse.sigmas / 2))) < 1e-12)
            }
            // All points of a circle lie between one and two standard deviations, √2 from its centre.
            #expect(pair.ellipses[0].share == Estimate(value: nil, low: 0, high: 2.0 / 40))
            #expect(pair.ellipses[1].share == Estimate(value: nil, low: 38.0 / 40, high: 1))
            #expect(abs(try #require(pair.ellipses[0].distance.value) - 2.0.squareRoot()) < 0.2)
        }
    }

    @Test("Outputs that share their units are paired, three pairs at most; without units none are")
    func sharedUnits() async throws {
        try await TestControlPlane().test { client in
            let batch = try await study(client)
            let shared = try await ellipses(client, batch, "units")
            #expect(shared.map { [$0.x, $0.y] } == [["east", "north, true"], ["time", "a:b"]])
            let both = try await ellipses(client, batch, "time:a:b,a:b:east")
            #expect(both.map { [$0.x, $0.y] } == [["time", "a:b"], ["a:b", "east"]])
            // A line has no ellipse.
            let line = try #require(try await ellipses(client, batch, "east:a:b").first)
            #expect(line.ellipses == [] && line.count == 39 && line.centreX == nil && line.pointsX.count == 39)
            let constant = try #require(try await ellipses(client, batch, "count:east").first)
            #expect(constant.ellipses == [])
            #expect(try await client.get("/batches/\(batch)/statistics", as: StudyStatistics.self).ellipses == nil)
        }
    }

    @Test(
        "What is no list of pairs is refused, with what would be right",
        arguments: [
            ("east", "has 'east', which is no pair of outputs that runs have given, such as a:b; outputs are a:b, count, east, north, true, time"),
            ("east:west", "has 'east:west', which is no pair"), ("", "has '', which is no pair"), ("east:time,", "has '', which is no pair"),
            ("east:east", "has 'east' twice in a pair; give two different outputs"), ("east:times", "has 'east:times', which is no pair"),
            (Array(repeating: "east:time", count: 21).joined(separator: ","), "has more than 20 pairs; give fewer at once"),
        ])
    func refused(pairs: String, detail: String) async throws {
        try await TestControlPlane().test { client in
            let batch = try await study(client)
            let problem = try await client.problem(.get, "/batches/\(batch)/statistics?pairs=\(pairs)", status: 422)
            #expect(problem.errors?.first?.field == "pairs" && problem.errors?.first?.detail.hasPrefix(detail) == true, "\(problem)")
        }
    }
}
