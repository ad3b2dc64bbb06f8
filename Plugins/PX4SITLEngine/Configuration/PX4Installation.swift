import EngineKit
import Glibc
import Support

/// A PX4 SITL build on this machine: its program, its start scripts, and what it knows of its parameters.
struct PX4Installation: Sendable {
    /// Absolute, as PX4 needs both.
    let binary: String
    let etc: String
    /// nil where the build has no list, or one that cannot be read.
    let parameters: ParameterList?

    /// - Parameters:
    ///   - python: decompresses the list where there is no `xz`.
    ///   - warn: told when parameter names cannot be checked before a flight.
    init(binary: String?, etc: String?, python: String?, warn: (String) -> Void) throws(EngineError) {
        let program = try Self.binary(binary), real = Self.resolved(program)
        let folder = try Self.etc(etc, of: [program, real])
        // PX4 goes by the name that it is called by: as px4-something it is one of its own commands.
        self.binary = real.hasSuffix("/px4") ? real : program
        self.etc = folder
        parameters = Self.parameterList(etc: folder, binary: real, python: python, warn)
    }

    private static func binary(_ given: String?) throws(EngineError) -> String {
        if let given { return try ProgramLookup.executable(given, setting: "px4_binary") }
        for root in roots() where access("\(root)/bin/px4", X_OK) == 0 { return "\(root)/bin/px4" }
        throw .invalid("px4_binary: missing, and there is no /opt/px4*/bin/px4; give the path of a SITL build's bin/px4")
    }

    /// - Parameter binaries: the program as it was given, and what that leads to.
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
        // PX4 writes its links beside the start script's relative path, so that a trailing slash shows up in messages.
        return folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
    }

    private static let startScript = "/init.d-posix/rcS"

    /// Where PX4's own packages install it, the plain name first.
    private static func roots() -> [String] {
        Directory.visibleNames(in: "/opt").filter { $0.hasPrefix("px4") }.map { "/opt/\($0)" }
    }

    /// Without symbolic links.
    private static func resolved(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }

    private static func parent(of path: String, levels: Int) -> String {
        let parts = path.split(separator: "/").dropLast(levels)
        return "/" + parts.joined(separator: "/")
    }

    /// A build leaves the list in `etc/extras`, compressed, and beside `etc` and `bin`, plain.
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
