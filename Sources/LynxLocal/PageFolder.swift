import ControlPlane
import FoundationEssentials
import Glibc
import LynxCLI

/// Where the files of the page are that a control plane serves at `/ui/`.
enum PageFolder {
    static let variable = "LYNX_WEB"

    /// The files; nil where there are none to be found.
    ///
    /// - Throws: `CLIError` for a folder that was named and is none of a page.
    static func load() throws -> WebFiles? {
        if let named = getenv(variable).map({ String(cString: $0) }), !named.isEmpty {
            do {
                return try WebFiles(folder: named)
            } catch {
                throw CLIError.badInput("\(variable): \(error); name a folder that has the page's index.html")
            }
        }
        let executable = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return candidates(for: executable).lazy.compactMap { try? WebFiles(folder: $0) }.first
    }

    /// Where they are looked for: beside the folder of an installed program, and in the sources that a program was built from,
    /// which are above it (`.build/<platform>/release/lynxctl`).
    static func candidates(for executable: String) -> [String] {
        var folders = executable.utf8.split(separator: UInt8(ascii: "/")).dropLast().map { String(Substring($0)) }
        var candidates: [String] = []
        func path(_ more: String...) -> String { "/" + (folders + more).joined(separator: "/") }
        if !folders.isEmpty {
            let bin = folders.removeLast()
            candidates.append(path("share", "lynx", "web"))
            folders.append(bin)
        }
        while let last = folders.popLast() {
            if last == ".build" { candidates.append(path("web")) }
        }
        return candidates
    }
}
