import EngineKit
import Glibc
import Support

/// A PX4 SITL build on this machine: its program, its start scripts, and its list of parameters.
struct PX4Installation: Sendable {
    /// Absolute paths, which PX4 requires.
    let binary: String
    let etc: String
    /// Nil if the build has no list, or one that cannot be read.
    let parameters: ParameterList?

    /// - Parameters:
    ///   - python: decompresses the list if there is no `xz`.
    ///   - warn: called if parameter names cannot be checked before a flight.
    init(binary: String?, etc: String?, python: String?, warn: (String) -> Void) throws(EngineError) {
        let program = try Self.binary(binary), real = Self.resolved(program)
        let folder = try Self.etc(etc, of: [program, real])
        // PX4 depends on the name it is started with: as px4-something it acts as one of its own commands.
        self.binary = real.hasSuffix("/px4") ? real : program
        self.etc = folder
        parameters = Self.parameterList(etc: folder, binary: real, python: python, warn)
    }

    private static func binary(_ given: String?) throws(EngineError) -> String {
        if let given { return try ProgramLookup.executable(given, setting: "px4_binary") }
        for root in roots() where access("\(root)/bin/px4", X_OK) == 0 { return "\(root)/bin/px4" }
        throw .invalid("px4_binary: missing, and there is no /opt/px4*/bin/px4; give the path of a SITL build's bin/px4")
    }

    /// - Parameter binaries: the program as configured, and the target of its links.
    private static func etc(_ given: String?, of binaries: [String]) throws(EngineError) -> String {
        let folder: String
        if let given {
            folder = try ProgramLookup.directory(given, setting: "px4_etc")
        } else {
            let candidates = binaries.flatMap { binary in [2, 1].map { parent(of: binary, levels: $0) } }.map { ($0 == "/" ? "" : $0) + "/etc" }
            guard let found = candidates.first(where: { access($0 + startScript, R_OK) == 0 }) else {
                throw .invalid("px4_etc: missing, and there is none beside \(binaries.last ?? ""); give the etc folder of the same build")
            }
            folder = found
        }
        guard access(folder + startScript, R_OK) == 0 else {
            throw .invalid("px4_etc: '\(folder)' has no init.d-posix/rcS; give the etc folder of a SITL build")
        }
        // PX4 appends the start script's relative path to this one, so that a trailing slash shows up in messages.
        return folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
    }

    private static let startScript = "/init.d-posix/rcS"

    /// The locations where PX4's own packages install it, the plain name first.
    private static func roots() -> [String] {
        Directory.visibleNames(in: "/opt").filter { $0.hasPrefix("px4") }.map { "/opt/\($0)" }
    }

    /// The path without symbolic links.
    private static func resolved(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }

    private static func parent(of path: String, levels: Int) -> String {
        let parts = path.split(separator: "/").dropLast(levels)
        return "/" + parts.joined(separator: "/")
    }

    /// The list of the build, which is in `etc/extras`, compressed, and beside `etc` and `bin`, plain.
    private static func parameterList(etc: String, binary: String, python: String?, _ warn: (String) -> Void) -> ParameterList? {
        let folders = ["\(etc)/extras", parent(of: etc, levels: 1), parent(of: binary, levels: 2)]
        for path in folders.flatMap({ ["\($0)/parameters.json", "\($0)/parameters.json.xz"] }) where access(path, R_OK) == 0 {
            let content = path.hasSuffix(".xz") ? Decompression.xz(path, python: python) : WholeFile.read(path)
            guard let content, let list = try? ParameterList(json: content), list.count > 0 else { continue }
            return list
        }
        warn("no parameters.json of this PX4 build was found or could be read: names of parameters are checked only once a vehicle flies")
        return nil
    }
}

/// The models of a PX4 build: its airframe files are named `<number>_<model>`.
enum Airframes {
    static func folder(_ etc: String) -> String { etc + "/init.d-posix/airframes" }

    static func models(etc: String) -> [String] {
        Directory.visibleNames(in: folder(etc)).compactMap { name in
            let number = name.prefix { $0.isASCII && $0.isNumber }
            let rest = name.dropFirst(number.count)
            return !number.isEmpty && rest.hasPrefix("_") && !name.contains(".") ? String(rest.dropFirst()) : nil
        }.sorted()
    }
}

/// Decompresses files of PX4's build with whichever program is installed.
enum Decompression {
    private static let mostBytes = 64 << 20

    /// The content of an `.xz` file; nil if no installed program can read it.
    static func xz(_ path: String, python: String?) -> [UInt8]? {
        if let tool = try? ProgramLookup.executable("xz", setting: "xz"),
            let content = ProgramOutput.of(tool, ["-dc", "--", path], atMost: mostBytes)
        {
            return content
        }
        let script = "import lzma, sys\nwith lzma.open(sys.argv[1]) as f: sys.stdout.buffer.write(f.read(\(mostBytes)))"
        return python.flatMap { ProgramOutput.of($0, ["-c", script, path], atMost: mostBytes) }
    }
}
