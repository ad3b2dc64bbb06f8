import FoundationEssentials
import Glibc
import LynxModel
import Support

/// A folder on this machine that goes along with a batch: its files, but for those that are to be left out.
struct BundleFolder: Sendable {
    struct File: Sendable {
        /// Relative to the folder.
        var path: String
        var size: Int64
        var isExecutable: Bool
        /// Where it is; a link within the folder leads elsewhere.
        var source: String
    }

    let root: String
    /// In the order of the paths' bytes.
    let files: [File]
    /// Paths of files that look as if they held a secret, and are not asked for.
    let secrets: [String]

    private static let mostDepth = 64

    /// - Throws: `CLIError` for what no bundle can hold, one line for each.
    init(_ path: String) throws(CLIError) {
        guard let root = Self.real(path), FileStatus(root)?.isDirectory == true else {
            throw .badInput("there is no folder '\(path)' to bundle; give the one with the code of the simulation")
        }
        var walk = Walk(root: root)
        walk.addRulesAbove()
        walk.visit([], depth: 0)
        walk.checkLinks()
        guard walk.problems.isEmpty else { throw CLIError(walk.problems, exitCode: ExitStatus.badInput) }
        let size = walk.files.reduce(into: Int64(0)) { sum, file in sum = sum.addingReportingOverflow(file.size).overflow ? .max : sum + file.size }
        guard size <= BundleManifest.mostBytes else {
            let largest = walk.files.max { $0.size < $1.size }!
            throw .badInput(
                "\(root): has more than \(BundleManifest.mostBytes >> 30) GiB for a bundle, most of all in \(largest.path); leave out by .lynxignore what the simulation does not need")
        }
        guard !walk.files.isEmpty else {
            throw .badInput("the folder '\(path)' has no files for a bundle; .gitignore and .lynxignore may leave all of them out")
        }
        self.root = root
        files = walk.files.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
        secrets = walk.files.filter { SecretFile.isLikely($0) && !walk.rules.isAskedFor(Array($0.path.utf8)) }.map(\.path).sorted()
    }

    var size: Int64 { files.reduce(0) { $0 + $1.size } }

    func has(_ path: String) -> Bool { files.contains { $0.path == path } }

    private static func real(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(validatingCString: real)
    }

    private struct Walk {
        let root: String
        var rules = IgnoreRules.standard
        var files: [File] = []
        var problems: [String] = []
        /// Links to files, with what they lead to.
        private var links: [(path: String, target: String)] = []

        private static let mostProblems = 10

        init(root: String) { self.root = root }

        /// The text of a file with rules; empty if it is none, such as a FIFO that nobody writes to.
        private static func rules(in path: String) -> [UInt8] {
            FileStatus(path)?.isRegular == true ? WholeFile.read(path, atMost: 1 << 20) ?? [] : []
        }

        /// The rules of the folders above, up to that of the repository.
        mutating func addRulesAbove() {
            var above: [String] = []
            var folder = root
            while FileStatus("\(folder)/.git") == nil {
                guard let slash = folder.utf8.lastIndex(of: UInt8(ascii: "/")), slash != folder.startIndex else { return }
                folder = String(folder[..<slash])
                above.append(folder)
            }
            for folder in above.reversed() {
                // Patterns there are relative to there: those that name folders on the way do so no more.
                let below = Array(root.utf8.dropFirst(folder.utf8.count + 1))
                for name in [".gitignore", ".lynxignore"] {
                    rules.add(above: Self.rules(in: "\(folder)/\(name)"), below: below, isOwn: name == ".lynxignore")
                }
            }
        }

        mutating func visit(_ folder: [UInt8], depth: Int) {
            let place = folder.isEmpty ? root : "\(root)/\(String(decoding: folder, as: UTF8.self))"
            guard depth <= mostDepth else { return report("\(place): is too deep; a bundle may have \(mostDepth) folders in each other") }
            for name in [".gitignore", ".lynxignore"] {
                rules.add(file: Self.rules(in: "\(place)/\(name)"), base: folder, isOwn: name == ".lynxignore")
            }
            let names: [[UInt8]]
            do throws(FileError) {
                let directory = try OwnedDescriptor.open(place, O_RDONLY | O_DIRECTORY)
                names = try Directory.rawNames(in: directory, of: place)
            } catch {
                return report("\(place): cannot be read: \(error.reason)")
            }
            for name in names.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
                if problems.count >= Self.mostProblems || files.count > BundleManifest.mostFiles { break }
                visit(entry: folder + (folder.isEmpty ? [] : [UInt8(ascii: "/")]) + name, depth)
            }
            if files.count > BundleManifest.mostFiles, problems.isEmpty {
                report("\(root): has more than \(BundleManifest.mostFiles) files; leave out by .lynxignore what the simulation does not need")
            }
        }

        private mutating func visit(entry path: [UInt8], _ depth: Int) {
            let shown = String(decoding: path, as: UTF8.self)
            let place = "\(root)/\(shown)"
            var info = stat()
            let isThere = path.withContiguousCString(after: root) { lstat($0, &info) == 0 }
            let isFolder = isThere && info.st_mode & S_IFMT == S_IFDIR
            if rules.leavesOut(path, isFolder: isFolder) { return }
            guard String(validating: path, as: UTF8.self) != nil, BundleManifest.isSafe(shown) else {
                return report("\(place): has a name that a bundle cannot hold; rename it, or leave it out by .lynxignore")
            }
            guard isThere else { return report("\(place): cannot be looked at: \(String(cString: strerror(errno)))") }
            switch info.st_mode & S_IFMT {
            case S_IFDIR: if FileStatus("\(place)/pyvenv.cfg") == nil { visit(path, depth: depth + 1) }
            case S_IFREG: add(shown, place, info)
            case S_IFLNK: addLink(shown, place)
            default: report("\(place): is neither a file nor a folder; leave it out by .lynxignore")
            }
        }

        /// A link within the folder is taken for the file that it leads to.
        private mutating func addLink(_ path: String, _ place: String) {
            guard let target = BundleFolder.real(place) else {
                return report("\(place): is a link that leads nowhere; leave it out by .lynxignore")
            }
            var info = stat()
            guard target.utf8.starts(with: "\(root)/".utf8), stat(target, &info) == 0 else {
                return report("\(place): is a link that leads out of the folder, to \(target); copy that into the folder, or leave the link out by .lynxignore")
            }
            guard info.st_mode & S_IFMT == S_IFREG else {
                return report("\(place): is a link to a folder; put a copy of the folder in its place, or leave it out by .lynxignore")
            }
            links.append((path, target))
            add(path, target, info)
        }

        /// Reports links to files that are left out under their own names; all rules are known then.
        mutating func checkLinks() {
            for link in links {
                let target = Array(link.target.utf8.dropFirst(root.utf8.count + 1))
                let folders = target.indices.filter { target[$0] == UInt8(ascii: "/") }
                let isLeftOut = rules.leavesOut(target, isFolder: false) || folders.contains { rules.leavesOut(Array(target[..<$0]), isFolder: true) }
                if isLeftOut {
                    report("\(root)/\(link.path): is a link to \(link.target), which is left out; leave the link out, too, or put a copy in its place")
                }
            }
        }

        private mutating func add(_ path: String, _ source: String, _ info: stat) {
            guard access(source, R_OK) == 0 else { return report("\(root)/\(path): cannot be read; leave it out by .lynxignore, or give this user the right to") }
            files.append(File(path: path, size: Int64(info.st_size), isExecutable: info.st_mode & 0o100 != 0, source: source))
        }

        private mutating func report(_ problem: String) { problems.append(problem) }
    }
}

extension [UInt8] {
    /// Lends the path `top/self` as a C string.
    fileprivate func withContiguousCString<Value>(after top: String, _ body: (UnsafePointer<CChar>) -> Value) -> Value {
        let bytes = Array<UInt8>(top.utf8) + [UInt8(ascii: "/")] + self + [0]
        return bytes.withUnsafeBytes { body($0.baseAddress!.assumingMemoryBound(to: CChar.self)) }
    }
}

/// Files that are likely to hold a secret, by their names, and small ones by their content.
enum SecretFile {
    private static let names: Set = [
        ".env", ".netrc", ".pgpass", ".pypirc", ".npmrc", ".git-credentials", ".htpasswd", "id_rsa", "id_dsa", "id_ecdsa", "id_ed25519",
        "credentials", "credentials.json", "kubeconfig", "secrets.yaml", "secrets.yml", "secrets.json",
    ]
    private static let suffixes = [".pem", ".key", ".p12", ".pfx", ".jks", ".kdbx", ".keytab", ".token"]
    private static let marks = ["PRIVATE KEY-----", "AKIA", "ghp_", "github_pat_", "xoxb-", "glpat-"]

    static func isLikely(_ file: BundleFolder.File) -> Bool {
        let name = (file.path.split(separator: "/").last.map(String.init) ?? file.path).lowercased()
        if names.contains(name) || name.hasPrefix(".env.") || suffixes.contains(where: name.hasSuffix) { return true }
        guard file.size <= 64 << 10, let content = WholeFile.read(file.source, atMost: 64 << 10) else { return false }
        let text = String(decoding: content, as: UTF8.self)
        if text.contains("-----BEGIN"), text.contains(marks[0]) { return true }
        return marks.dropFirst().contains { mark in
            text.ranges(of: mark).contains { range in
                text[range.upperBound...].prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }.count >= 16
            }
        }
    }
}
