import TestSupport
import Testing

@testable import EngineKit

@Suite("Why a simulation failed, in one line")
struct FailureReasonTests {
    private func reason(_ text: String) -> String? { FailureReason.find(in: LogTail.lines(of: Array(text.utf8))) }

    /// What Python really prints.
    private static let programs: [(program: String, reason: String)] = [
        ("raise ValueError('apogee below ground')", "ValueError: apogee below ground"),
        (#"raise ValueError('two faults:\n  - battery empty\n  - wheel saturated\n')"#, "ValueError: two faults: - battery empty - wheel saturated"),
        (#"raise ValueError('shapes differ\nexpected (3,)\ngot (4,)')"#, "ValueError: shapes differ expected (3,) got (4,)"),
        ("try:\n  1 / 0\nexcept ZeroDivisionError as error:\n  raise RuntimeError('integration failed') from error", "RuntimeError: integration failed"),
        ("try:\n  1 / 0\nexcept ZeroDivisionError:\n  {}['mass']", "KeyError: 'mass'"),
        ("raise ExceptionGroup('many', [ValueError('a'), TypeError('b')])", "ExceptionGroup: many (2 sub-exceptions): ValueError: a; TypeError: b"),
        (
            "raise ExceptionGroup('many', [ValueError('a'), ExceptionGroup('inner', [OSError('c')])])",
            "ExceptionGroup: many (2 sub-exceptions): ValueError: a; ExceptionGroup: inner (1 sub-exception); OSError: c"
        ),
        (
            "try:\n  raise ExceptionGroup('many', [ValueError('a')])\nexcept* ValueError as group:\n  raise RuntimeError('gave up') from group",
            "RuntimeError: gave up"
        ),
        (
            "import threading, sys\nthread = threading.Thread(target=lambda: 1 / 0)\nthread.start()\nthread.join()\nsys.exit('stopped: no convergence')",
            "stopped: no convergence"
        ),
        ("import threading\nthread = threading.Thread(target=lambda: 1 / 0)\nthread.start()\nthread.join()", "ZeroDivisionError: division by zero"),
        ("import sys\nfor i in range(2000): sys.stderr.write(f'\\rprop: {i:4d}/2000 [====>    ]')\nraise ValueError('late')", "ValueError: late"),
        ("import sys\nsys.stderr.write('10%\\r20%\\r30%\\rValueError: comma,\"quote\"\\r\\n')", "ValueError: comma,\"quote\""),
        ("def f(:\n  pass", "SyntaxError: invalid syntax"),
        ("import no_such_module", "ModuleNotFoundError: No module named 'no_such_module'"),
        ("class Odd:\n  def __del__(self): raise OSError('closing')\nodd = Odd()\nraise ValueError('first')", "ValueError: first"),
        ("import warnings\nprint('diverged', file=__import__('sys').stderr)\nwarnings.warn('overflow', RuntimeWarning)", "diverged"),
        ("error = ValueError('bad')\nerror.add_note('in run 7')\nraise error", "ValueError: bad in run 7"),
        (
            "import faulthandler, os, signal\nfaulthandler.enable()\nos.kill(os.getpid(), signal.SIGFPE)",
            "Fatal Python error: Floating point exception, in File \"<string>\", line 3 in <module>"
        ),
        ("import sys\nprint('\\x1b[1;31mERROR\\x1b[0m mass\\x00 is\\x9b2J negative', file=sys.stderr)", "ERROR mass\u{FFFD} is negative"),
    ]

    @Test("Of Python's tracebacks it is the exception with all of its message", arguments: programs.indices)
    func python(index: Int) async throws {
        let (program, reason) = Self.programs[index]
        let end = try await Program.run(Repository.python, ["-c", program], environment: ["PYTHONIOENCODING": "utf-8"])
        #expect(self.reason(end.errors) == reason, "\(end.errors)")
    }

    @Test("An exception without a message is told with its place")
    func bareException() async throws {
        let directory = try TemporaryDirectory()
        let script = try directory.write("scenario.py", "altitude = -1\n\ndef check():\n    assert altitude > 0\n\ncheck()\n")
        let end = try await Program.run(Repository.python, [script])
        #expect(reason(end.errors) == "AssertionError at scenario.py:4: assert altitude > 0")
    }

    @Test("Other languages and libraries have their own last words", arguments: [
        ("terminate called after throwing an instance of 'std::runtime_error'\n  what():  mass matrix is singular\nAborted (core dumped)\n",
         "terminate called after throwing an instance of 'std::runtime_error': mass matrix is singular"),
            (
                "terminate called after throwing an instance of 'E'\n  what():  two:\n - a\n - b\n",
                "terminate called after throwing an instance of 'E': two: - a - b"
            ),
        ("terminate called without an active exception\nAborted\n", "terminate called without an active exception"),
            (
                "step 12\nsim: main.c:12: integrate: Assertion `dt > 0' failed.\nAborted (core dumped)\n",
                "sim: main.c:12: integrate: Assertion `dt > 0' failed."
            ),
        ("""
         =================================================================
         ==4711==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x602000000014 at pc 0x55
         READ of size 4 at 0x602000000014 thread T0
             #0 0x55d in main /src/a.c:5

         SUMMARY: AddressSanitizer: heap-buffer-overflow /src/a.c:5 in main
         Shadow bytes around the buggy address:
           0x0c047fff7fb0: 00 00 00 00
         ==4711==ABORTING
         """, "SUMMARY: AddressSanitizer: heap-buffer-overflow /src/a.c:5 in main"),
        ("a.c:3:5: runtime error: signed integer overflow: 2147483647 + 1 cannot be represented in type 'int'\n",
         "a.c:3:5: runtime error: signed integer overflow: 2147483647 + 1 cannot be represented in type 'int'"),
        ("At line 12 of file orbit.f90 (unit = 10, file = 'state.dat')\nFortran runtime error: End of file\n\nError termination. Backtrace:\n#0  0x7f52 in ???\n#1  0x7f53 in ???\n",
         "Fortran runtime error: End of file (at line 12 of file orbit.f90 (unit = 10, file = 'state.dat'))"),
        ("ERROR STOP mass is negative\n\nError termination. Backtrace:\n#0  0x7f52 in ???\n", "ERROR STOP mass is negative"),
        ("\nProgram received signal SIGFPE: Floating-point exception - erroneous arithmetic operation.\n\nBacktrace for this error:\n#0  0x7f52 in ???\n",
         "Program received signal SIGFPE: Floating-point exception - erroneous arithmetic operation."),
        ("forrtl: severe (24): end-of-file during read, unit 10, file state.dat\nImage              PC                Routine            Line        Source\nsim                0000000000405D30  Unknown               Unknown  Unknown\n",
         "forrtl: severe (24): end-of-file during read, unit 10, file state.dat"),
        ("{Error using propagate (line 3)\nStep size became too small.\n\nError in main (line 4)\n    propagate(x)\n}\n", "Error using propagate (line 3) Step size became too small."),
        ("error: propagate: step size became too small\nerror: called from\n    propagate at line 1 column 3\n    main at line 2 column 1\n", "error: propagate: step size became too small"),
        ("Error in solve.default(a) : \n  Lapack routine dgesv: system is exactly singular\nCalls: solve -> solve.default\nExecution halted\n",
         "Error in solve.default(a) : Lapack routine dgesv: system is exactly singular"),
        ("ERROR: LoadError: DomainError with -1.0:\n  sqrt was called with a negative real argument\nStacktrace:\n [1] throw_complex_domainerror(f::Symbol)\n   @ Base.Math ./math.jl:33\nin expression starting at /s/run.jl:3\n",
         "ERROR: LoadError: DomainError with -1.0: sqrt was called with a negative real argument"),
        ("\nthread 'main' panicked at src/main.rs:2:5:\nindex out of bounds: the len is 3 but the index is 7\nnote: run with `RUST_BACKTRACE=1` environment variable to display a backtrace\n",
         "thread 'main' panicked at src/main.rs:2:5: index out of bounds: the len is 3 but the index is 7"),
        ("panic: runtime error: integer divide by zero\n\ngoroutine 1 [running]:\nmain.main()\n\t/s/main.go:5 +0x1d\nexit status 2\n", "panic: runtime error: integer divide by zero"),
        ("Exception in thread \"main\" java.lang.RuntimeException: no convergence\n\tat Main.main(Main.java:3)\nCaused by: java.io.IOException: disk\n\tat X.y(X.java:9)\n\t... 1 more\n",
         "Exception in thread \"main\" java.lang.RuntimeException: no convergence (Caused by: java.io.IOException: disk)"),
        ("/s/a.js:1\nthrow new Error('no convergence')\n^\n\nError: no convergence\n    at Object.<anonymous> (/s/a.js:1:7)\n    at Module._compile (node:internal)\n\nNode.js v18.19.0\n", "Error: no convergence"),
        ("./run.sh: line 3: propagate: command not found\n", "./run.sh: line 3: propagate: command not found"),
        ("FATAL: two faults:\n  - battery empty\n  - wheel saturated\n", "FATAL: two faults: - battery empty - wheel saturated"),
        ("FATAL: diverged\nprop:  57%|█████     | 57/100 [00:01<00:01, 41.2it/s]\n", "FATAL: diverged"),
        ("FATAL: diverged\nlynx_scenario: telemetry: 3 of 5 samples were not delivered\n", "FATAL: diverged"),
        ("Segmentation fault (core dumped)\n", "Segmentation fault (core dumped)"),
        ("=====\n+-----\n", "+-----"),
        ("Traceback (most recent call last):\n", "Traceback (most recent call last):"),
    ])
    func others(text: String, reason: String) {
        #expect(self.reason(text) == reason)
    }

    @Test("There is none where nothing was printed", arguments: ["", "\n\n", "\r\r \r\n", "\u{1B}[0m\n"])
    func nothing(text: String) {
        #expect(reason(text) == nil)
    }

    @Test("A long line keeps its beginning and its end, in whole characters", arguments: ["x", "ü", "🚀", "e\u{301}"])
    func longLine(unit: String) throws {
        let directory = try TemporaryDirectory()
        let log = try directory.write("stderr.log", "before\nValueError: " + String(repeating: unit, count: 5_000) + " END\n")
        let exit = SimulationExit.byExitCode(GuardedProcess.End(exitCode: 1, exitSignal: nil, maxRSSBytes: 0, guardianLost: false), stderrPath: log)
        let first = try #require(exit.message.utf8.split(separator: UInt8(ascii: "\n")).first.flatMap { String($0) })
        #expect(first.starts("exit code 1: ValueError: \(unit)"))
        #expect(first.ends("\(unit) END"))
        #expect(first.utf8.count <= 320)
        #expect(!first.unicodeScalars.contains("\u{FFFD}"))
        #expect(exit.message.utf8.count <= 1_100)
    }

    @Test("What has no end is read to where it matters")
    func largeLog() throws {
        let directory = try TemporaryDirectory()
        let log = try directory.write("stderr.log", String(repeating: "noise of a long run\n", count: 100_000) + "ValueError: at last\n")
        let exit = SimulationExit.byExitCode(GuardedProcess.End(exitCode: 1, exitSignal: nil, maxRSSBytes: 0, guardianLost: false), stderrPath: log)
        #expect(exit.message.starts("exit code 1: ValueError: at last\n"))
    }
}
