import Foundation
import LynxModel
import Support
import TestSupport
import Testing

@testable import RunnerHost

@Suite("The cache of bundles on a runner")
struct BundleCacheTests {
    private let directory: TemporaryDirectory
    private let cache: BundleCache

    init() throws {
        directory = try TemporaryDirectory()
        cache = try BundleCache(root: directory.path + "/bundles", maxBytes: 1 << 30)
    }

    private func make(_ key: String, _ kind: BundleCache.Kind = .builds, _ content: String = "x") throws -> BundleCache.Folder {
        try cache.make(kind, key) { path in try Data(content.utf8).write(to: URL(filePath: path + "/file")) }
    }

    @Test("A folder is found again as it was frozen, without permission to write") func frozen() throws {
        #expect(cache.find(.builds, "k") == nil)
        let made = try cache.make(.builds, "k") { path in
            try FileManager.default.createDirectory(atPath: path + "/sub", withIntermediateDirectories: true)
            try Data("#!/bin/sh\n".utf8).write(to: URL(filePath: path + "/sub/run"))
            chmod(path + "/sub/run", 0o6755)
        }
        var info = stat()
        #expect(lstat(made.path + "/sub/run", &info) == 0 && info.st_mode & 0o7777 == 0o555)
        #expect(lstat(made.path, &info) == 0 && info.st_mode & 0o222 == 0)
        #expect(cache.find(.builds, "k") == made)
    }

    @Test("One that somebody has changed is made anew beside it", arguments: ["written", "added", "removed", "touched"])
    func changed(how: String) throws {
        let made = try make("k")
        chmod(made.path, 0o755)
        chmod(made.path + "/file", 0o644)
        switch how {
        case "written": try Data("longer".utf8).write(to: URL(filePath: made.path + "/file"))
        case "added": try Data().write(to: URL(filePath: made.path + "/other"))
        case "removed": try FileManager.default.removeItem(atPath: made.path + "/file")
        default: utimensat(AT_FDCWD, made.path + "/file", nil, 0)
        }
        chmod(made.path + "/file", 0o444)
        chmod(made.path, 0o555)
        #expect(cache.find(.builds, "k") == nil)
        // The first is in use still.
        let again = try make("k")
        #expect(again.path == made.path + ".2")
        #expect(cache.find(.builds, "k") == again)
    }

    @Test("What failed leaves nothing, and can be made after that") func failed() throws {
        struct Failure: Error {}
        #expect(throws: Failure.self) {
            try cache.make(.builds, "k") { path in
                try Data("x".utf8).write(to: URL(filePath: path + "/file"))
                throw Failure()
            }
        }
        #expect(cache.find(.builds, "k") == nil)
        #expect(try FileManager.default.contentsOfDirectory(atPath: cache.root + "/builds") == [])
        _ = try make("k")
    }

    @Test(
        "A build that leaves what no folder can be kept of is the bundle's fault, told in one line, and says nothing of this machine",
        arguments: ["name", "deep", "gone", "link", "file"])
    func notToBeKept(what: String) throws {
        let build: (String) throws -> Void = { path in
            switch what {
            case "name":
                let file = open("\(path)/" + "x", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
                close(file)
                let bytes = Array(path.utf8) + [UInt8(ascii: "/"), 0xFF, 0xFE, 0x0A, 0x1B, 0]
                #expect(bytes.withUnsafeBytes { rename("\(path)/x", $0.baseAddress!.assumingMemoryBound(to: CChar.self)) } == 0)
            case "deep":
                var folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
                for _ in 0..<300 {
                    let name = String(repeating: "d", count: 50)
                    #expect(mkdirat(folder, name, 0o700) == 0)
                    let next = openat(folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
                    close(folder)
                    folder = next
                }
                close(folder)
            default:
                #expect(rmdir(path) == 0)
                if what == "link" { #expect(symlink(directory.path, path) == 0) }
                if what == "file" { try Data().write(to: URL(filePath: path)) }
            }
        }
        let error = try #require(throws: BundleError.self) { try cache.make(.builds, "k", build) }
        #expect(error.kind == .bundle)
        #expect(error.description.hasPrefix("what building the bundle made cannot be kept: "))
        #expect(error.description.utf8.count < 700 && error.description.unicodeScalars.allSatisfy { $0.value >= 0x20 })
        #expect(cache.find(.builds, "k") == nil)
        _ = try make("k")
    }

    @Test("What was cut off by the end of the process is begun anew") func interrupted() throws {
        let path = cache.root + "/builds/k"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try Data("half".utf8).write(to: URL(filePath: path + "/half"))
        let next = try BundleCache(root: cache.root, maxBytes: 1 << 30)
        #expect(next.find(.builds, "k") == nil)
        let made = try next.make(.builds, "k") { try Data("x".utf8).write(to: URL(filePath: $0 + "/file")) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: made.path) == ["file"])
    }

    @Test("Without room, what was used longest ago goes first, and what is in use stays") func room() throws {
        let small = try BundleCache(root: directory.path + "/small", maxBytes: 1 << 20)
        func make(_ key: String) throws -> BundleCache.Folder {
            try small.make(.builds, key) { try Data(repeating: 1, count: 400 << 10).write(to: URL(filePath: $0 + "/file")) }
        }
        let (a, b, c) = (try make("a"), try make("b"), try make("c"))
        small.makeRoom()
        for (folder, key) in [(a, "a"), (b, "b"), (c, "c")] { #expect(small.find(.builds, key) == folder) }
        for folder in [a, b, c] { for _ in 0..<2 { small.release(folder) } }
        // The use of b and c is later than that of a.
        for folder in [b, c] { #expect(small.find(.builds, folder.name) == folder) }
        small.makeRoom()
        #expect(small.find(.builds, "a") == nil)
        #expect(small.find(.builds, "b") != nil && small.find(.builds, "c") != nil)
    }

    @Test("Contents are linked after a look at their bytes, and one that was written to is not used") func contents() throws {
        let text = Array("content".utf8)
        let hash = SHA256.hash(text).hexadecimal
        func take() throws {
            try Data(text).write(to: URL(filePath: cache.temporary + "/new"))
            try cache.blobs.take(cache.temporary + "/new", as: hash)
        }
        let file = BundleManifest.File(path: "f", size: Int64(text.count), isExecutable: false, sha256: hash)
        let program = BundleManifest.File(path: "p", size: Int64(text.count), isExecutable: true, sha256: hash)
        #expect(!cache.blobs.holds(hash, size: file.size))
        try take()
        #expect(cache.blobs.holds(hash, size: file.size))
        #expect(try cache.blobs.link(file, at: directory.path + "/f"))
        #expect(try cache.blobs.link(program, at: directory.path + "/p"))
        var info = stat()
        #expect(lstat(directory.path + "/p", &info) == 0 && info.st_mode & 0o777 == 0o555)
        #expect(lstat(directory.path + "/f", &info) == 0 && info.st_mode & 0o777 == 0o444 && info.st_nlink == 2)

        // Of the same size and time, but other bytes.
        let path = cache.blobs.path(hash, isExecutable: false)
        chmod(path, 0o644)
        try FileHandle(forWritingTo: URL(filePath: path)).write(contentsOf: Data("CONTENT".utf8))
        var times = [BundleBlobs.time, BundleBlobs.time]
        utimensat(AT_FDCWD, path, &times, 0)
        #expect(try cache.blobs.link(file, at: directory.path + "/g") == false)
        #expect(FileManager.default.fileExists(atPath: path) == false)
    }
}
