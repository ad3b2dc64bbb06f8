import FoundationEssentials
import Hummingbird
import HummingbirdTesting
import LynxModel
import NIOCore
import TestSupport
import Testing

@testable import ControlPlane

@Suite("Bundles on a control plane", .serialized)
struct BundleRoutesTests {
    private func plane(_ driver: TestDriver = .sqlite, quota: Int64? = nil) throws -> TestControlPlane {
        try TestControlPlane(driver) { ArtifactConfiguration(databasePath: $0, quotaBytes: quota) }
    }

    private func manifest(_ files: [String: String]) throws -> BundleManifest {
        try BundleManifest(
            files.map { .init(path: $0.key, size: Int64($0.value.utf8.count), isExecutable: false, sha256: $0.value.sha256) })
    }

    private func submission(_ sha256: String?, runs: Int = 1) -> BatchSubmission {
        var submission = TestLedger.submission(runs: runs)
        submission.config.simulation.bundle = BundleSpec(sha256: sha256, entrypoint: "run.py")
        return submission
    }

    @Test("Only contents that the tenant lacks are asked for, and a runner reads each of them", arguments: TestDriver.allCases)
    func uploaded(driver: TestDriver) async throws {
        try await plane(driver).test { client in
            let files = ["run.py": "print(1)\n", "data/a.csv": "1,2\n", "data/copy.csv": "1,2\n"]
            let first = try await client.announce(try manifest(files))
            #expect(Set(first.uploads.map(\.sha256)) == Set(files.values.map(\.sha256)))
            for content in Set(files.values) { try await client.upload(content, of: first.sha256) }
            #expect(try await client.announce(try manifest(files)).uploads.isEmpty)

            let changed = try await client.announce(try manifest(["run.py": "print(2)\n", "data/a.csv": "1,2\n"]))
            #expect(changed.uploads.map(\.sha256) == ["print(2)\n".sha256])
            #expect(changed.sha256 != first.sha256)

            let text = try await client.call(.get, "/runner/v1/bundles/\(first.sha256)/files/\(first.sha256)")
            #expect(try BundleManifest(text: Array(text.body.readableBytesView)) == manifest(files))
            let file = try await client.call(.get, "/runner/v1/bundles/\(first.sha256)/files/\("1,2\n".sha256)")
            #expect(String(buffer: file.body) == "1,2\n")
            _ = try await client.problem(.get, "/runner/v1/bundles/\(first.sha256)/files/\("print(2)\n".sha256)", status: 404)
        }
    }

    @Test("A batch names only a bundle that is there as a whole, and goes to runners that take bundles", arguments: TestDriver.allCases)
    func submitted(driver: TestDriver) async throws {
        try await plane(driver).test { client in
            func refusal(_ sha256: String?) async throws -> String? {
                try await client.problem(.post, "/jobs", submission(sha256), status: 422).errors?.first?.detail
            }
            #expect(try await refusal(nil)?.hasPrefix("is missing; 'path' is for clients") == true)
            #expect(try await refusal("x".sha256) == "is of no bundle that is here; upload it first")
            let bundle = try await client.announce(try manifest(["run.py": "print(1)\n"]))
            #expect(try await refusal(bundle.sha256) == "lacks 1 of its 2 contents; upload them first")
            try await client.upload("print(1)\n", of: bundle.sha256)

            try await client.register()
            let receipt: BatchReceipt = try await client.post("/jobs", submission(bundle.sha256), status: .created)
            #expect(receipt.unroutable?.contains("'allow_bundles: true' in its configuration lets it") == true)
            #expect(try await client.claim(slots: 1).jobs.isEmpty)
            var registration = TestLedger.registration()
            registration.offer = RunnerOffer(bundleTypes: ["basilisk"])
            let _: RegisterResponse = try await client.post("/runner/v1/register", registration)
            let job = try await client.claim(slots: 1).jobs[0]
            #expect(job.runConfig.simulation.bundle == BundleSpec(sha256: bundle.sha256, entrypoint: "run.py"))
        }
    }

    @Test("A manifest that leads out of its folder, or is no manifest, is refused", arguments: [
        "", "lynx-bundle 2\n", "lynx-bundle 1\n", "lynx-bundle 1\nx 1 - a\n", "lynx-bundle 1\n\("".sha256) 0 - ../a\n",
        "lynx-bundle 1\n\("".sha256) 0 - /etc/a\n", "lynx-bundle 1\n\("".sha256) 0 s a\n", "lynx-bundle 1\n\("".sha256) 0 - a\n\("".sha256) 0 - a/b\n",
        "lynx-bundle 1\n\("".sha256) -5 - a\n", "lynx-bundle 1\n\("".sha256) 0 - b\n\("".sha256) 0 - a\n",
        "lynx-bundle 1\n\("".sha256) 9223372036854775807 - a\n\("x".sha256) 9223372036854775807 - b\n",
    ])
    func refused(text: String) async throws {
        try await plane().test { client in
            let answer = try await client.execute(
                uri: "/bundles", method: .post, headers: [.contentType: "text/plain"], body: ByteBuffer(string: text))
            #expect(answer.status == .unprocessableContent, "\(String(buffer: answer.body))")
        }
    }

    @Test("Bytes that are not what was announced are refused, and a part is gone on with")
    func damaged() async throws {
        try await plane().test { client in
            let content = "0123456789"
            let bundle = try await client.announce(try manifest(["a": content]))
            let wrong = try await client.put("9876543210", as: content.sha256, of: bundle.sha256)
            #expect(wrong.status == .unprocessableContent)
            let part: ArtifactProgress = try (try await client.put("01234", as: content.sha256, of: bundle.sha256)).decode()
            #expect(part == ArtifactProgress(offset: 5, complete: false))
            #expect(try await client.announce(try manifest(["a": content])).uploads.map(\.offset) == [5])
            let rest: ArtifactProgress = try (try await client.put("56789", as: content.sha256, of: bundle.sha256, offset: 5)).decode()
            #expect(rest.complete)
        }
    }

    @Test("Another tenant's runner reads nothing of a bundle, its users cannot run it, and are asked for what they bring themselves", arguments: TestDriver.allCases)
    func foreign(driver: TestDriver) async throws {
        let plane = try GuardedControlPlane(driver)
        let (user, other) = (try await plane.token("lab", .submit), try await plane.token("other", .submit))
        let (own, foreign) = (try await plane.enrolled("r1"), try await plane.enrolled("r3", tenant: "other"))
        let code = try manifest(["run.py": "secret"])
        try await plane.test { client in
            func announce(_ token: String) async throws -> BundleRequirements {
                try (try await client.execute(
                    uri: "/bundles", method: .post, headers: [.contentType: "text/plain", .authorization: "Bearer \(token)"],
                    body: ByteBuffer(bytes: code.text))).decode()
            }
            let bundle = try await announce(user).sha256
            let put = try await client.execute(
                uri: "/bundles/\(bundle)/files/\("secret".sha256)", method: .put,
                headers: [.contentType: "application/octet-stream", .uploadOffset: "0", .authorization: "Bearer \(user)"],
                body: ByteBuffer(string: "secret"))
            #expect(put.status == .ok)
            let file = "/runner/v1/bundles/\(bundle)/files/\("secret".sha256)"
            #expect(try await client.call(.get, file, as: own).status == .ok)
            #expect(try await client.call(.get, file, as: foreign).status == .notFound)
            #expect(try await client.call(.post, "/jobs", as: other, submission(bundle)).status == .unprocessableContent)
            #expect(try await announce(other).uploads.map(\.sha256) == ["secret".sha256])
            #expect(try await client.call(.get, file, as: foreign).status == .notFound)
        }
    }

    @Test("A bundle counts against the quota") func quota() async throws {
        try await plane(quota: 1000).test { client in
            let content = String(repeating: "x", count: 2000)
            let answer = try await client.execute(
                uri: "/bundles", method: .post, headers: [.contentType: "text/plain"], body: ByteBuffer(bytes: try manifest(["a": content]).text))
            #expect(answer.status == .contentTooLarge)
            #expect(String(buffer: answer.body).contains("1000"))
        }
    }

    @Test("A collection leaves what a batch needs, and takes what nothing needs after a day", arguments: TestDriver.allCases)
    func collected(driver: TestDriver) async throws {
        let plane = try plane(driver)
        try await plane.test { client in
            let (kept, dropped) = (try manifest(["run.py": "kept"]), try manifest(["run.py": "dropped"]))
            for (manifest, content) in [(kept, "kept"), (dropped, "dropped")] {
                try await client.upload(content, of: try await client.announce(manifest).sha256)
            }
            let sha256 = try await client.announce(kept).sha256
            let _: BatchReceipt = try await client.post("/jobs", submission(sha256), status: .created)
            func collect() async throws -> Int {
                let report: CollectionReport = try await client.post("/gc", [String: String]())
                return report.blobs
            }
            #expect(try await collect() == 0)
            plane.clock.advance(by: 90_000)
            #expect(try await collect() == 2)
            #expect(try await client.announce(kept).uploads.isEmpty)
            #expect(try await client.announce(dropped).uploads.count == 1)
        }
    }
}

extension TestClientProtocol {
    fileprivate func announce(_ manifest: BundleManifest) async throws -> BundleRequirements {
        try
            (try await execute(
                uri: "/bundles", method: .post, headers: [.contentType: "text/plain"], body: ByteBuffer(bytes: manifest.text))).decode()
    }

    fileprivate func put(_ bytes: String, as sha256: String, of bundle: String, offset: Int = 0) async throws -> TestResponse {
        try await execute(
            uri: "/bundles/\(bundle)/files/\(sha256)", method: .put,
            headers: [.contentType: "application/octet-stream", .uploadOffset: "\(offset)"], body: ByteBuffer(string: bytes))
    }

    fileprivate func upload(_ content: String, of bundle: String) async throws {
        let progress: ArtifactProgress = try (try await put(content, as: content.sha256, of: bundle)).decode()
        #expect(progress.complete)
    }
}
