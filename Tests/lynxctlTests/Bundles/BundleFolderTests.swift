import Foundation
import LynxModel
import TestSupport
import Testing

@testable import LynxCLI

@Suite("A folder that goes along with a batch")
struct BundleFolderTests {
    private func problems(_ prepare: (TemporaryDirectory) throws -> Void, _ check: (BundleFolder) throws -> Void = { _ in }) throws -> [String] {
        let directory = try TemporaryDirectory()
        try prepare(directory)
        do {
            try check(try BundleFolder(directory.path))
            return []
        } catch let error as CLIError {
            #expect(error.exitCode == ExitStatus.badInput)
            return error.lines.map { $0.replacing(directory.path, with: "DIR") }
        }
    }

    @Test("Links within it are taken for their files; those that lead out or to folders are named") func links() throws {
        let directory = try TemporaryDirectory()
        try directory.write("real/data.csv", "1\n")
        try FileManager.default.createSymbolicLink(atPath: directory.path + "/alias.csv", withDestinationPath: "real/data.csv")
        let folder = try BundleFolder(directory.path)
        #expect(folder.files.map(\.path) == ["alias.csv", "real/data.csv"])
        let manifest = try folder.manifest()
        #expect(manifest.files[0].sha256 == manifest.files[1].sha256)

        #expect(
            try problems { try FileManager.default.createSymbolicLink(atPath: $0.path + "/out", withDestinationPath: "/etc/hostname") }
                == ["DIR/out: is a link that leads out of the folder, to /etc/hostname; copy that into the folder, or leave the link out by .lynxignore"])
        #expect(
            try problems {
                try $0.write("d/x", "")
                try FileManager.default.createSymbolicLink(atPath: $0.path + "/l", withDestinationPath: "d")
            } == ["DIR/l: is a link to a folder; put a copy of the folder in its place, or leave it out by .lynxignore"])
        #expect(
            try problems { try FileManager.default.createSymbolicLink(atPath: $0.path + "/l", withDestinationPath: "nowhere") }
                == ["DIR/l: is a link that leads nowhere; leave it out by .lynxignore"])
    }

    @Test("A link to a file that is left out brings it along by no other name", arguments: [".env", "conf/inner/.env", ".git/config"])
    func linkToLeftOut(target: String) throws {
        #expect(
            try problems {
                try $0.write(".lynxignore", ".env\n")
                try $0.write(target, "SECRET=1\n")
                try $0.write("run.py", "")
                try FileManager.default.createSymbolicLink(atPath: $0.path + "/a.txt", withDestinationPath: target)
            } == ["DIR/a.txt: is a link to DIR/\(target), which is left out; leave the link out, too, or put a copy in its place"])
    }

    @Test("What no bundle can hold is named") func refused() throws {
        #expect(
            try problems {
                try $0.write("big", "")
                _ = truncate($0.path + "/big", 65 << 30)
            }.first?.hasSuffix("has more than 64 GiB for a bundle, most of all in big; leave out by .lynxignore what the simulation does not need") == true)
        #expect(
            try problems { folder in
                for number in 0...BundleManifest.mostFiles { close(open("\(folder.path)/\(number)", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)) }
            } == ["DIR: has more than 20000 files; leave out by .lynxignore what the simulation does not need"])
        // Nobody writes to it: reading it would never end.
        #expect(
            try problems { _ = mkfifo($0.path + "/.lynxignore", 0o600) }
                == ["DIR/.lynxignore: is neither a file nor a folder; leave it out by .lynxignore"])
        #expect(try problems { try $0.write("a\nb", "") }.first?.contains("has a name that a bundle cannot hold") == true)
        #expect(try problems { _ = mkfifo($0.path + "/pipe", 0o600) } == ["DIR/pipe: is neither a file nor a folder; leave it out by .lynxignore"])
        #expect(try problems { _ in }.first?.contains("has no files for a bundle") == true)
        #expect(throws: CLIError.self) { try BundleFolder("/nonexistent/folder") }
    }

    @Test("Virtual environments, caches and state stay here") func standard() throws {
        let directory = try TemporaryDirectory()
        for path in ["run.py", "env/pyvenv.cfg", "env/lib/x.py", "__pycache__/run.pyc", ".git/HEAD", ".lynx/ledger.sqlite", "sub/__pycache__/x.pyc"] {
            try directory.write(path, "x")
        }
        #expect(try BundleFolder(directory.path).files.map(\.path) == ["run.py"])
    }

    @Test("Files that look like secrets are named, by their names and by what is in them", arguments: [
        (".env", "A=1"), ("deploy.key", "x"), ("conf/credentials.json", "{}"), ("notes.txt", "-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n"),
        ("a.py", "KEY = 'AKIA" + "ABCDEFGHIJKLMNOP'"),
    ])
    func secrets(path: String, content: String) throws {
        let found = try problems({ try $0.write(path, content) }, { try $0.check(BundleSpec(path: ".")) })
        #expect(found == ["DIR/\(path): looks like a secret; leave it out by .lynxignore, or write the line '!\(path)' there if it is to go along"])
    }

    @Test("An entrypoint that is not there is told with the nearest file, or with what leaves it out") func entrypoint() throws {
        func check(_ entrypoint: String, build: [String]? = nil) throws -> [String] {
            try problems(
                {
                    try $0.write("sim/run.py", "")
                    try $0.write(".gitignore", "made.py\n")
                    try $0.write("made.py", "")
                }, { try $0.check(BundleSpec(path: ".", entrypoint: entrypoint, build: build)) })
        }
        #expect(try check("sim/run.py") == [])
        #expect(try check("sim/ruun.py") == ["config.simulation.bundle.entrypoint: the bundle of DIR has no file 'sim/ruun.py'; did you mean 'sim/run.py'?"])
        #expect(try check("made.py") == ["config.simulation.bundle.entrypoint: the bundle of DIR has no file 'made.py'; .gitignore or .lynxignore leaves it out"])
        #expect(try check("sim/simulator", build: ["make"]) == [])
    }
}
