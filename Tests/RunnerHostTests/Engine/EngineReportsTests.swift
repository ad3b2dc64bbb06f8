import Foundation
import LynxModel
import Synchronization
import Testing
import TestSupport

@testable import RunnerHost

@Suite("What engines tell of themselves", .timeLimit(.minutes(5)))
struct EngineReportsTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    @Test("An engine that has the extension tells what it keeps; what it leaves out or gets wrong is left out")
    func extended() async throws {
        _ = try await EngineFixtures.fault(in: directory)
        let engines = EngineFixtures.catalog([directory.path]).engines
        let told = await (try EngineReports(engines, patience: .seconds(60))).latest()
        #expect(told.map(\.id) == ["fault"])
        #expect(
            told.first?.warmWorkers == [
                WarmWorker(entrypoint: "a.py", state: .ready, pid: 4711, rssBytes: 1 << 20, jobsStarted: 3),
                WarmWorker(entrypoint: "b.py", state: .starting),
                WarmWorker(entrypoint: "c.py", state: .off, message: "it is Monday"),
                WarmWorker(entrypoint: "", state: .off, jobsStarted: .max),
            ])
    }

    @Test("One that has not tells nothing; one that ships keeps nothing before it is configured")
    func plain() async throws {
        let example = try String(contentsOfFile: Repository.path("docs/examples/shell_engine.c"), encoding: .utf8)
        _ = try await EngineFixtures.library(example, in: directory, as: "shell.so")
        let engines = EngineFixtures.catalog([directory.path, Repository.products]).engines
        let told = await (try EngineReports(engines, patience: .seconds(60))).latest()
        #expect(Set(told.map(\.id)).isSuperset(of: ["shell", "basilisk"]))
        #expect(told.first { $0.id == "shell" }?.warmWorkers == .some(nil))
        #expect(told.first { $0.id == "basilisk" }?.warmWorkers == [])
    }

    @Test("Whatever an engine has to tell, it is no more than can be sent")
    func bounded() async throws {
        let source = """
            #include "engine_abi.h"
            static lynx_status configure(const lynx_engine *e, const lynx_engine_config *c, lynx_error *x) { (void)e, (void)c, (void)x; return LYNX_OK; }
            static lynx_status prepare(const lynx_engine *e, const lynx_job *j, lynx_engine_job **o, lynx_error *x) { (void)e, (void)j, (void)o, (void)x; return LYNX_OK; }
            static lynx_status launch(lynx_engine_job *j, lynx_process *p, lynx_error *x) { (void)j, (void)p, (void)x; return LYNX_OK; }
            static void end(lynx_engine_job *j) { (void)j; }
            static lynx_status reap(lynx_engine_job *j, lynx_exit *r, lynx_error *x) { (void)j, (void)r, (void)x; return LYNX_OK; }
            static lynx_status collect(lynx_engine_job *j, const lynx_collector *c, lynx_error *x) { (void)j, (void)c, (void)x; return LYNX_OK; }
            static char name[100000];
            static void list(const lynx_engine *e, void (*take)(void *, const lynx_warm_worker *), void *context) {
                (void)e;
                for (size_t i = 0; i < sizeof name; i++) name[i] = 'x';
                lynx_warm_worker worker = {.struct_size = sizeof worker, .entrypoint = {name, sizeof name}, .message = {name, sizeof name}};
                for (int i = 0; i < 1000; i++) take(context, &worker);
            }
            static const lynx_warm_workers workers = {.struct_size = sizeof workers, .list = list};
            static const void *extension(const lynx_engine *e, lynx_string n) { (void)e, (void)n; return &workers; }
            static const lynx_engine engine = {.struct_size = sizeof engine, .abi_major = LYNX_ABI_MAJOR, .id = {"loud", 4}, .configure = configure,
                .prepare = prepare, .launch = launch, .terminate = end, .reap = reap, .collect = collect, .release = end, .get_extension = extension};
            LYNX_EXPORT const lynx_engine *lynx_engine_entry(const lynx_host *host, uint32_t abi_major) { (void)host, (void)abi_major; return &engine; }
            """
        _ = try await EngineFixtures.library(source, in: directory, as: "loud.so")
        let engines = EngineFixtures.catalog([directory.path]).engines
        let workers = try #require(await (try EngineReports(engines, patience: .seconds(60))).latest().first?.warmWorkers)
        #expect(workers.count == 64)
        #expect(workers.allSatisfy { $0.entrypoint == String(repeating: "x", count: 1024) + "…" && $0.message == $0.entrypoint })
    }

    @Test("While one does not answer, what was told last is sent, and nobody asks again")
    func silent() async throws {
        let asked = Monitor((count: 0, isOpen: false))
        let (before, after) = ([RunnerEngine(id: "slow", version: "1")], [RunnerEngine(id: "slow", version: "1", warmWorkers: [])])
        let gate = Gate()
        let reports = try EngineReports(before) {
            asked.with { $0.count += 1 }
            gate.wait()
            return after
        }
        for _ in 0..<3 { #expect(await reports.latest() == before) }
        #expect(asked.with { $0.count } == 1)
        gate.open()
        while await reports.latest() != after {}
        #expect(await reports.latest() == after)
    }

    /// Blocks a thread, as an engine should not.
    private final class Gate: Sendable {
        private let isOpen = Atomic(false)

        func open() { isOpen.store(true, ordering: .releasing) }

        func wait() {
            while !isOpen.load(ordering: .acquiring) { usleep(1000) }
        }
    }
}
