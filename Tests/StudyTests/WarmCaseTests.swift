import Foundation
import Glibc
import LynxModel
import TestSupport
import Testing

/// Modules that do at their import what only a fresh process gives. Each scenario writes `summary.json`.
@Suite("What modules do at their import, warm and cold", .timeLimit(.minutes(5)))
struct WarmCaseTests {
    private static func summary(_ value: String) -> String { "json.dump({\"value\": \(value)}, open(output + \"/summary.json\", \"w\"))" }

    private struct Summary: Decodable { var value: Double }

    private func values(_ document: StudyDocument) throws -> [Double] {
        try document.results.sorted { $0.metadata.runIndex < $1.metadata.runIndex }.filter(\.success).map { result in
            try JSONDecoder().decode(Summary.self, from: Data(contentsOf: URL(filePath: result.outputFile("summary.json")))).value
        }
    }

    /// All but what a module makes that copies must not share is done beforehand.
    @Test("Whatever a module keeps, each run gives what a fresh process gives", arguments: [
        // As the module seeds its generators.
        ("import random\nrandom.seed(99)\ndef draw(): return random.random()", summary("model.draw()"), random99),
        ("import random\nGENERATOR = random.Random(99)\ndef draw(): return GENERATOR.random()", summary("model.draw()"), random99),
        // The directory is removed at the end of the process that made it.
        ("import tempfile\nSCRATCH = tempfile.TemporaryDirectory()", "open(model.SCRATCH.name + \"/x\", \"w\").write(\"x\")\n" + summary("1"), 1.0),
        ("import os\nos.chdir(\"/\")", summary("float(os.getcwd() == \"/\")"), 1.0),
        ("import os\nENV = dict(os.environ)", summary("float(model.ENV[\"TETRYX_OUTPUT_DIR\"] == output)"), 1.0),
        ("import os\nPID = os.getpid()", summary("float(model.PID == os.getpid())"), 1.0),
        ("import sys\nARGUMENTS = list(sys.argv)", summary("float(model.ARGUMENTS == [here + \"/scenario.py\"])"), 1.0),
        ("import atexit\natexit.register(lambda: None)\nimport os\nFILE = open(os.devnull)", summary("float(len(model.FILE.read()))"), 0.0),
    ])
    func kept(model: String, scenario: String, right: Double) async throws {
        let served = try await WarmStudy(scenario, model: model, runs: 3)
        #expect(try values(try await served.run()) == [right, right, right])
        _ = try await served.settled()
        #expect(try values(try await served.run()) == [right, right, right])
        _ = try await served.end()
    }

    private static let random99 = 0.40397807494366633

    @Test("What is drawn at import is drawn in each run", arguments: [
        "import random\nVALUE = random.random()", "import os\nVALUE = int.from_bytes(os.urandom(7), \"big\") / 2**56",
        "import uuid\nVALUE = uuid.uuid4().int / 2**128", "import time\nVALUE = time.time_ns() / 1e9",
        "VALUE = int.from_bytes(open(\"/dev/urandom\", \"rb\").read(7), \"big\") / 2**56",
        "import numpy\nVALUE = float(numpy.random.default_rng().random())",
    ])
    func drawn(model: String) async throws {
        let served = try await WarmStudy(Self.summary("model.VALUE"), model: model, runs: 3)
        let cold = try values(try await served.run())
        _ = try await served.settled()
        let later = try values(try await served.run())
        #expect(Set(cold + later).count == 6)
        _ = try await served.end()
    }

    @Test("What a native library draws when it is loaded is drawn in each run", arguments: [true, false])
    func native(registersHandler: Bool) async throws {
        let served = try await WarmStudy(Self.summary("model.draw()"), model: """
            import ctypes, os
            library = ctypes.CDLL(os.path.dirname(os.path.abspath(__file__)) + "/libnoise.so")
            draw = library.noise
            draw.restype = ctypes.c_double
            """, runs: 3)
        let source = try served.study.directory.write("noise.c", """
            #include <pthread.h>
            #include <stdint.h>
            #include <sys/random.h>
            static uint64_t state;
            static void seed(void) { if (getrandom(&state, sizeof state, 0) < 0) state = 1; }
            __attribute__((constructor)) static void loaded(void) { seed(); if (\(registersHandler ? 1 : 0)) pthread_atfork(0, 0, seed); }
            double noise(void) { state = state * 6364136223846793005u + 1442695040888963407u; return (double)(state >> 11) / 9007199254740992.0; }
            """)
        let built = try await Command.run("cc", ["-shared", "-fPIC", "-o", served.study.directory.path + "/libnoise.so", source])
        #expect(built.exitCode == 0, "\(built.errors)")
        let cold = try values(try await served.run())
        _ = try await served.settled()
        let later = try values(try await served.run())
        #expect(Set(cold + later).count == 6)
        _ = try await served.end()
    }

    @Test("A run that is killed leaves nothing to later ones", arguments: [
        "import multiprocessing\nLOCK = multiprocessing.Lock()", "import threading\nLOCK = threading.Lock()",
    ])
    func killed(model: String) async throws {
        let served = try await WarmStudy(
            """
            from lynx_scenario import TelemetryClient
            with TelemetryClient.from_env() as telemetry, model.LOCK:
                if run == 1:
                    telemetry.emit("alt", -1.0, 1.0)
                    telemetry.flush(60)
                    time.sleep(1000)
            \(Self.summary("1"))
            """, model: model, runs: 4,
            earlyTermination: "{enabled: true, conditions: [{name: low, variable: alt, operator: lt, threshold: 0}]}")
        _ = try await served.run(1)
        _ = try await served.settled()
        let document = try await served.run()
        #expect(try document.job(1).status == .failed)
        #expect(try values(document) == [1, 1, 1])
        _ = try await served.end()
    }

    @Test("Where copies share what fresh processes draw, and nothing shows it but the values, jobs stay cold")
    func sharedChance() async throws {
        let served = try await WarmStudy(Self.summary("model.draw()"), model: """
            import ctypes, os
            library = ctypes.CDLL(os.path.dirname(os.path.abspath(__file__)) + "/libclock.so")
            draw = library.drift
            draw.restype = ctypes.c_double
            """, runs: 3)
        let source = try served.study.directory.write("clock.c", """
            #include <time.h>
            static double first;
            __attribute__((constructor)) static void loaded(void) { struct timespec now; clock_gettime(CLOCK_REALTIME, &now); first = now.tv_nsec / 1e9; }
            double drift(void) { return first; }
            """)
        let built = try await Command.run("cc", ["-shared", "-fPIC", "-o", served.study.directory.path + "/libclock.so", source])
        #expect(built.exitCode == 0, "\(built.errors)")
        let cold = try values(try await served.run())
        let settled = try await served.settled()
        if settled.state == .off { #expect(settled.message?.contains("value in summary.json") == true) }
        let later = try values(try await served.run())
        #expect(Set(cold + later).count == 6)
        _ = try await served.end()
    }
}
