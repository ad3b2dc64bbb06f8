import LynxModel
import Sampling
import Testing

@testable import LynxCLI

@Suite("Comparing what two runs left")
struct ComparisonTests {
    private func difference(_ path: String, _ first: String, _ second: String, ignore: [String] = []) -> String? {
        FileComparison(path: path, ignored: IgnoredParts(ignore)).difference(Array(first.utf8), Array(second.utf8))?.line
    }

    @Test("CSV is compared by number; a difference names row, column, both values and their distance")
    func csv() {
        #expect(difference("t.csv", "t,x\n0,1.0\n1,2.5\n", "t,x\n0,1\n1,2.50\n") == nil)
        let nearby = difference("t.csv", "t,x\n0,1.0\n1,0.1\n", "t,x\n0,1.0\n1,0.10000000000000002\n")
        #expect(nearby == "t.csv, row 3, column 'x': 0.1, then 0.10000000000000002, 1 ULP")
        #expect(difference("t.csv", "t,x\n0,1\n", "t,x\n0,1\n1,2\n") == "t.csv: 2 rows, then 3 rows")
        #expect(difference("t.csv", "t,x\n0,1\n", "t,x\n0,1,2\n") == "t.csv, row 2: 2 fields, then 3 fields")
        #expect(difference("t.csv", "t,x\n0,a\n", "t,x\n0,b\n") == "t.csv, row 2, column 'x': a, then b")
        #expect(difference("t.csv", "t,x\n0,nan\n", "t,x\n0,NaN\n") == nil)
        let large = difference("t.csv", "t\n9007199254740993\n", "t\n9007199254740992\n")
        #expect(large == "t.csv, row 2, column 't': 9007199254740993, then 9007199254740992")
        #expect(difference("t.csv", "t,seconds\n0,1\n", "t,seconds\n0,2\n", ignore: ["*.csv:seconds"]) == nil)
    }

    @Test("JSON is compared by number and by key, wherever the keys stand")
    func json() {
        #expect(difference("s.json", #"{"a": 1, "b": [1.0, 2]}"#, #"{"b": [1, 2.0], "a": 1}"#) == nil)
        let nested = difference("s.json", "{\n \"a\": {\"b\": 1}\n}", "{\n \"a\": {\"b\": 2}\n}")
        #expect(nested?.hasPrefix("s.json, 'a.b', line 2, column 13: 1, then 2, ") == true)
        #expect(difference("s.json", #"{"a": "1"}"#, #"{"a": 1}"#)?.hasSuffix("'1', then 1") == true)
        #expect(difference("s.json", #"{"a": 1}"#, #"{"b": 1}"#)?.hasSuffix("has 'a', then has no 'a'") == true)
        #expect(difference("s.json", #"{"a": 1, "t": {"wall": 3}}"#, #"{"a": 1, "t": {"wall": 4}}"#, ignore: ["s.json:t.wall"]) == nil)
        #expect(difference("s.json", #"{"a": 1, "t": 3}"#, #"{"a": 1}"#, ignore: ["*:t"]) == nil)
        #expect(difference("s.json", "{", "{}") == "s.json: 1 bytes, then 2 bytes")
    }

    @Test("Other files are compared byte by byte, texts with the line")
    func bytes() {
        #expect(difference("log.txt", "one\ntwo\n", "one\nTwo\n") == "log.txt, line 2: 'two', then 'Two'")
        #expect(difference("log.txt", "one", "one\ntwo") == "log.txt: 3 bytes, then 7 bytes")
        let found = FileComparison(path: "a.bin", ignored: IgnoredParts([])).difference([1, 255, 3], [1, 254, 3])
        #expect(found?.line == "a.bin, byte 2: 255, then 254")
    }

    @Test("The distance of doubles counts the doubles between them, over zero too")
    func distance() {
        #expect(UnitsInLastPlace.between(1, 1.nextUp) == 1 && UnitsInLastPlace.between(0, -0.0) == 0)
        #expect(UnitsInLastPlace.between(.leastNonzeroMagnitude, -.leastNonzeroMagnitude) == 2)
        #expect(UnitsInLastPlace.between(.nan, .nan) == 0 && UnitsInLastPlace.between(.nan, 1) == nil)
        #expect(UnitsInLastPlace.between(-.infinity, .infinity) == 0xFFE0_0000_0000_0000)
    }

    @Test("What is left out is given by file and key, with * for any text")
    func ignored() {
        let ignored = IgnoredParts(["*.png", "summary.json:time*", "telemetry:gps.*", "output:wall"])
        #expect(ignored.leavesOut(file: "a/b.png") && !ignored.leavesOut(file: "b.png.txt"))
        #expect(ignored.leavesOut("time.wall", in: "summary.json") && !ignored.leavesOut("time", in: "other.json"))
        #expect(ignored.leavesOut(variable: "gps.x") && !ignored.leavesOut(variable: "imu.x") && ignored.leavesOut(output: "wall"))
    }

    @Test("A replay has the parameters of the run to the bit and by kind, its seed and its index, in every run")
    func repeating() throws {
        let run = RunConfiguration(
            jobID: "b-7", batchID: "b", runIndex: 7, seed: .max - 3, simulation: SimulationSpec(name: "orbit", version: "1", type: "python"),
            parameters: ["a": .number(0.1 + 0.2), "n": .integer(3), "s": .string("x"), "t": .bool(true), "w": .number(2)], units: ["a": "m"])
        let design = MonteCarloSpec(runs: 9, samplingMethod: .sobol, seed: 5)
        let study = BatchSubmission(name: "s", config: BatchConfig(simulation: run.simulation, monteCarlo: design))
        let submission = study.repeating(run, times: 3)
        let read = try BatchSubmission.read(json: try WireJSON.encode(submission))
        #expect(read == submission && read.runs == 3)
        for index in 0..<3 {
            let sampler = Sampler(config: read.config, runs: read.runs, seed: read.config.monteCarlo.seed ?? 0)
            let again = sampler.runConfiguration(jobID: "r", batchID: "r", index: index)
            #expect(again.parameters == run.parameters && again.seed == run.seed && again.runIndex == 7 && again.units["a"] == "m")
        }
    }
}
