/// What the command line asks for.
package struct CheckOptions: Sendable {
    /// Absolute path of the engine.
    package var library: String
    package var runConfig: String?
    package var include: [String] = []
    package var exclude: [String] = []
    package var jobs = 2
    package var secondsPerCheck = 60.0
    package var memoryLimit: Int64 = 1 << 30
    package var leakJobs = 1000
    package var leakSeconds = 10.0

    package init(library: String) { self.library = library }

    /// The checks that the globs leave.
    package var selected: [Check] {
        CheckTable.all.filter { check in
            (include.isEmpty || include.contains { Glob.matches($0, check.name) }) && !exclude.contains { Glob.matches($0, check.name) }
        }
    }

    /// The first glob that no check matches; nil if each does.
    package var unmatched: String? { (include + exclude).first { glob in !CheckTable.all.contains { Glob.matches(glob, $0.name) } } }

    var limits: CheckProcess.Limits { .init(seconds: secondsPerCheck, memory: memoryLimit) }
}
