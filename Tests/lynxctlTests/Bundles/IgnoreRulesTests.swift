import Foundation
import TestSupport
import Testing

@testable import LynxCLI

@Suite("What .gitignore and .lynxignore leave out")
struct IgnoreRulesTests {
    /// Patterns of each kind that gitignore(5) describes, in several folders.
    private static let files: [String: String] = [
        ".gitignore": "*.log\n!keep.log\n/top.txt\nbuild/\ndocs/*.html\na/**/z\n**/cache\n# c\n\\#hash\ntrail \nsp\\ ace\\ \nnum[0-9]\n[!x]yz\nq?r\nfoo/**\n!foo/bar\n",
        "sub/.gitignore": "!local.log\n/only.txt\ndeep/*\n!deep/in.txt\n",
    ]
    private static let paths = [
        "x.log", "keep.log", "sub/x.log", "sub/keep.log", "sub/local.log", "top.txt", "sub/top.txt", "build/x", "sub/build/y", "buildx", "docs/a.html",
        "docs/s/a.html", "sub/docs/a.html", "a/z", "a/b/z", "a/b/c/z", "az", "cache", "x/cache/y", "#hash", "trail", "sp ace ", "num7", "numx",
        "ayz", "xyz", "qxr", "q/r", "foo/bar", "foo/baz/x", "sub/only.txt", "sub/s/only.txt", "sub/deep/in.txt", "sub/deep/out.txt", "plain.py",
    ]

    @Test("Patterns with many stars are matched soon", .timeLimit(.minutes(1)), arguments: [
        (String(repeating: "*a", count: 30) + "*b", String(repeating: "a", count: 250)),
        (String(repeating: "**/", count: 15) + "zz", String(repeating: "a/", count: 60) + "x"),
    ])
    func manyStars(pattern: String, path: String) {
        #expect(!Glob.matches(Array(pattern.utf8)[...], Array(path.utf8)[...]))
        #expect(Glob.matches(Array(pattern.utf8)[...], Array((path + (pattern.hasSuffix("zz") ? "/zz" : "b")).utf8)[...]))
    }

    @Test("They leave out what git leaves out") func asGit() async throws {
        let directory = try TemporaryDirectory()
        for path in Self.paths {
            try FileManager.default.createDirectory(
                atPath: (directory.path + "/" + path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
            try Data().write(to: URL(filePath: directory.path + "/" + path))
        }
        for (path, text) in Self.files { try directory.write(path, text) }
        let quiet = ["-c", "core.quotePath=false", "-C", directory.path]
        #expect(try await Command.run("git", quiet + ["init", "-q"]).exitCode == 0)
        let listed = try await Command.run("git", quiet + ["ls-files", "--others", "--exclude-standard", "-z"])
        let expected = listed.output.split(separator: "\0").map(String.init).sorted()
        #expect(expected.count > 10)
        #expect(try BundleFolder(directory.path).files.map(\.path).sorted() == expected)
    }

    @Test("A .lynxignore has the last word, and asks for what looks like a secret") func own() throws {
        let directory = try TemporaryDirectory()
        try directory.write(".gitignore", "*.dat\n")
        try directory.write(".lynxignore", "!needed.dat\nnotes.md\n!test.pem\n")
        for name in ["needed.dat", "other.dat", "notes.md", "run.py", "test.pem", "real.pem"] { try directory.write(name, "x") }
        let folder = try BundleFolder(directory.path)
        #expect(folder.files.map(\.path) == [".gitignore", ".lynxignore", "needed.dat", "real.pem", "run.py", "test.pem"])
        #expect(folder.secrets == ["real.pem"])
    }

    @Test("Rules of the folders above hold, up to the repository") func above() throws {
        let directory = try TemporaryDirectory()
        try directory.write(".git/HEAD", "x")
        try directory.write(".gitignore", "*.tmp\nproject/sim/big.bin\n/other/run.py\n")
        for name in ["a.tmp", "big.bin", "run.py", "sub/big.bin"] { try directory.write("project/sim/" + name, "x") }
        #expect(try BundleFolder(directory.path + "/project/sim").files.map(\.path) == ["run.py", "sub/big.bin"])
    }
}
