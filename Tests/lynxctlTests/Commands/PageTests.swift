import AsyncHTTPClient
import Foundation
import Glibc
import LynxModel
import NIOCore
import NIOHTTP1
import Testing
import TestSupport

@testable import LynxLocal

@Suite("Studies in a browser", .timeLimit(.minutes(5)))
struct PageTests {
    private static func page(_ url: String) async throws -> (status: Int, body: String) {
        let response = try await HTTPClient.shared.execute(HTTPClientRequest(url: url), timeout: .seconds(30))
        return (Int(response.status.code), String(buffer: try await response.body.collect(upTo: 1 << 20)))
    }

    private static func web() throws -> TemporaryDirectory {
        let web = try TemporaryDirectory()
        try web.write("index.html", "<!doctype html><title>studies</title>")
        return web
    }

    @Test("A ledger is shown beside the control plane that serves it, and a study that has ended afterwards") func viewer() async throws {
        let web = try Self.web()
        let study = try StudyFixture(runs: 1)
        let end = try await study.run()
        #expect(end.exitCode == 0, "\(end.errors)")
        let server = try Program.start("lynxctl", ["serve", "--port", "0", "--database", ".lynx/ledger.sqlite"], in: study.directory.path, output: study.events)
        try await study.events.expect("control plane listening on")
        let output = try EventPipe(study.directory.file("ui"))
        let viewer = try Program.start("lynxctl", ["ui", "--no-browser"], in: study.directory.path, environment: ["LYNX_WEB": web.path], output: output)
        let line = try await output.expect("the studies of .lynx/ledger.sqlite: ")[0]
        let url = try #require(line.split(separator: " ").first { $0.hasPrefix("http://127.0.0.1:") })
        #expect(url.hasSuffix("/ui/"))
        let index = try await Self.page(String(url))
        #expect(index.status == 200 && index.body.contains("<title>studies</title>"))
        let list = try await Self.page(url.dropLast(4) + "/studies")
        let studies = try WireJSON.decode(StudyList.self, from: Data(list.body.utf8)).studies
        #expect(studies.count == 1 && studies[0].batch.completedJobs == 1)
        viewer.send(SIGINT)
        #expect(try await viewer.end().exitCode == 0)
        server.send(SIGTERM)
        _ = try await server.end()
    }

    @Test("A control plane says where its page is, if it has one") func served() async throws {
        let web = try Self.web()
        let study = try StudyFixture(runs: 1)
        let server = try Program.start(
            "lynxctl", ["serve", "--port", "0"], in: study.directory.path, environment: ["LYNX_WEB": web.path], output: study.events)
        let url = String(try await study.events.expect("studies in a browser: ")[0].split(separator: " ").last!)
        #expect(try await Self.page(url).status == 200)
        server.send(SIGTERM)
        #expect(try await server.end().exitCode == 0)
    }

    @Test("The page's folder is looked for beside an installed program, and in the sources above a built one") func folders() {
        #expect(PageFolder.candidates(for: "/usr/local/bin/lynxctl") == ["/usr/local/share/lynx/web"])
        #expect(
            PageFolder.candidates(for: "/src/lynx/.build/x86_64-unknown-linux-gnu/release/lynxctl")
                == ["/src/lynx/.build/x86_64-unknown-linux-gnu/share/lynx/web", "/src/lynx/web"])
        #expect(PageFolder.candidates(for: "/lynxctl") == [] && PageFolder.candidates(for: "") == [])
    }

    @Test("What is no ledger, and what is no page, is told in one line") func wrongNames() async throws {
        let web = try Self.web()
        let study = try StudyFixture(runs: 1)
        try study.directory.write("notes.txt", String(repeating: "no database ", count: 100))
        try study.directory.write("empty/x", "")
        for (arguments, named, says) in [
            (["ui", "none.sqlite"], web.path, "there is no ledger 'none.sqlite'"), (["ui"], web.path, "there is no ledger '.lynx'"),
            (["ui", "empty"], web.path, "there is no ledger.sqlite in 'empty'"), (["ui", "notes.txt"], web.path, "notes.txt"),
            (["ui", "--port", "70000"], web.path, "70000"), (["ui", "notes.txt"], study.directory.file("empty"), "LYNX_WEB"),
            (["serve", "--port", "0"], study.directory.file("nothing"), "LYNX_WEB"),
        ] {
            let end = try await Program.run("lynxctl", arguments, in: study.directory.path, environment: ["LYNX_WEB": named])
            #expect(end.exitCode == 2, "\(arguments): \(end.errors)")
            #expect(end.errors.contains(says), "\(arguments): \(end.errors)")
        }
        #expect(!FileManager.default.fileExists(atPath: study.directory.file("none.sqlite")))
    }

    @Test("'run --open' opens the study's page in the browser that is named, and stays until Ctrl-C") func open() async throws {
        let web = try Self.web()
        let study = try StudyFixture(runs: 1)
        let opened = try EventPipe(study.directory.file("opened"))
        try study.directory.write("browser", "#!/bin/sh\nprintf '%s\\n' \"$1\" > '\(opened.path)'\n", mode: 0o755)
        let errors = try EventPipe(study.directory.file("errors"))
        let run = try Program.start(
            "lynxctl", study.runArguments + ["--open"], in: study.directory.path,
            environment: ["LYNX_WEB": web.path, "BROWSER": study.directory.file("browser")], errors: errors)
        let url = try await opened.expect("http://127.0.0.1:")[0]
        #expect(url.contains("/ui/#/study/"))
        try await errors.expect("the page stays at ")
        #expect(try await Self.page(String(url.prefix { $0 != "#" })).status == 200)
        run.send(SIGINT)
        #expect(try await run.end().exitCode == 0)
    }
}
