import Foundation
import LynxModel
import NIOCore
import TestSupport
import Testing

@testable import ControlPlane

@Suite("The files of the page")
struct WebFilesTests {
    /// A page of a few files.
    static func folder(script: String = "import './b.js'") throws -> TemporaryDirectory {
        let folder = try TemporaryDirectory()
        try folder.write(
            "index.html",
            #"""
            <!doctype html>
            <link rel="stylesheet" href="style/base.css">
            <script type="module" src="./src/main.js"></script>
            <a href="#/studies">studies</a><a href="/batches">all</a><a href="https://example.org/x">elsewhere</a><img data-src="src/x.png">
            """#)
        try folder.write("src/main.js", script + String(repeating: "\n// words that compress well", count: 100))
        try folder.write("style/base.css", "body { color: black }")
        try folder.write("icon.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>")
        try folder.write(".hidden", "no")
        try folder.write(".git/config", "no")
        return folder
    }

    @Test("All but hidden files and links are held, by their paths") func files() throws {
        let folder = try Self.folder()
        let outside = try TemporaryDirectory()
        try outside.write("secret", "s")
        try FileManager.default.createSymbolicLink(atPath: folder.file("link.js"), withDestinationPath: outside.file("secret"))
        try FileManager.default.createSymbolicLink(atPath: folder.file("more"), withDestinationPath: outside.path)
        let files = try WebFiles(folder: folder.path)
        #expect(files.files.keys.sorted() == ["icon.svg", "src/main.js", "style/base.css"])
        #expect(files.files["src/main.js"]?.mediaType == "text/javascript; charset=utf-8")
        #expect(files.files["icon.svg"]?.mediaType == "image/svg+xml")
    }

    @Test("The index refers to the others in a folder that has the name of their content, and to all else as it did") func index() throws {
        let folder = try Self.folder()
        let files = try WebFiles(folder: folder.path)
        let html = String(buffer: files.index.bytes)
        #expect(html.contains(#"href="/ui/\#(files.version)/style/base.css""#))
        #expect(html.contains(#"src="/ui/\#(files.version)/src/main.js""#))
        for kept in [##"href="#/studies""##, #"href="/batches""#, #"href="https://example.org/x""#, #"data-src="src/x.png""#] {
            #expect(html.contains(kept))
        }
        #expect(files.version.count == 12)
        #expect(try WebFiles(folder: folder.path).version == files.version)
        try folder.write("style/base.css", "body { color: white }")
        #expect(try WebFiles(folder: folder.path).version != files.version)
    }

    @Test("A file of another name with the same content makes another version") func names() throws {
        let one = try Self.folder(), other = try Self.folder()
        try one.write("src/a.js", "1")
        try other.write("src/b.js", "1")
        #expect(try WebFiles(folder: one.path).version != WebFiles(folder: other.path).version)
    }

    @Test("A folder that is none of a page is refused with the reason") func wrongFolders() throws {
        let empty = try TemporaryDirectory()
        let error = #expect(throws: WebFilesError.self) { try WebFiles(folder: empty.path) }
        #expect("\(try #require(error))".contains("index.html"))
        #expect(throws: WebFilesError.self) { try WebFiles(folder: empty.file("none")) }
    }

    @Test("What is compressed is what there was", arguments: [0, 1, 100, 100_000]) func gzip(size: Int) async throws {
        let text = String(repeating: "0123456789 words\n", count: size)
        let compressed = try #require(Gzip.compress(Array(text.utf8)))
        let folder = try TemporaryDirectory()
        try Data(compressed).write(to: URL(filePath: folder.file("x.gz")))
        let expanded = try await Command.run("gzip", ["-dc", folder.file("x.gz")])
        #expect(expanded.exitCode == 0)
        #expect(expanded.output == text)
    }

    @Test("The type follows the ending") func types() {
        for (path, type) in [
            ("a.JS", "text/javascript; charset=utf-8"), ("x/y.css", "text/css; charset=utf-8"), ("i.png", "image/png"),
            ("LICENSE", "application/octet-stream"), ("a.b.json", "application/json"), ("x.exe", "application/octet-stream"),
        ] {
            #expect(WebMediaType(path: path).name == type)
        }
    }
}
