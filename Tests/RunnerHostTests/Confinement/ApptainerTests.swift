import Glibc
import Support
import TestSupport
import Testing

@testable import RunnerHost

@Suite("Images of apptainer")
struct ApptainerTests {
    private let directory: TemporaryDirectory
    private let runtime: Apptainer

    /// With a stand-in whose registry is the folder `registry`, and a tool with the folder `state`.
    init() throws {
        directory = try TemporaryDirectory()
        mkdir(directory.path + "/state", 0o755)
        mkdir(directory.path + "/registry", 0o755)
        let program = Repository.path("Tests/Fixtures/containers/apptainer")
        runtime = Apptainer(
            ["/usr/bin/env", "LYNX_TEST_REGISTRY=\(directory.path)/registry", program], arguments: [],
            helper: Repository.products + "/lynx-sandbox", tool: ConfinementTool(folder: directory.path + "/state"))
    }

    private func image(_ name: String, batch: String = "one") throws(ConfinementTool.Failure) -> ContainerImage {
        try runtime.image(name, batch: batch, isWanted: { true })
    }

    @Test("One of a registry is brought once, and kept")
    func registry() throws {
        try directory.write("registry/lab:1.sif", "content")
        let image = try image("lab:1")
        #expect(image.id == SHA256.hash(Array("content".utf8)).hexadecimal)
        #expect(image.source.hasPrefix(directory.path + "/state/images/"))
        try directory.write("registry/lab:1.sif", "other")
        #expect(try self.image("lab:1", batch: "two") == image)
        #expect(Directory.visibleNames(in: directory.path + "/state/images").count == 1)
    }

    @Test("One that the registry does not have leaves nothing")
    func missing() throws {
        let error = #expect(throws: ConfinementTool.Failure.self) { try image("lab:2") }
        #expect(
            error?.message == "compute.container.image: 'lab:2' is not on this machine and cannot be pulled: While making image from oci registry: error fetching image: no such registry")
        #expect(Directory.visibleNames(in: directory.path + "/state/images").isEmpty)
    }

    @Test("A path leads to a file: a folder could be any of the machine's")
    func paths() throws {
        let absent = #expect(throws: ConfinementTool.Failure.self) { try image("/no/such.sif") }
        #expect(
            absent?.message == "compute.container.image: there is no '/no/such.sif' on this machine; give the path of a .sif file, or the name of a registry's image")
        let folder = #expect(throws: ConfinementTool.Failure.self) { try image("/") }
        #expect(folder?.message == "compute.container.image: '/' is no file; give the path of a .sif file, which 'apptainer build' makes of a folder")
    }

    @Test("All runs of a batch have the same one: a file that was replaced is for the next batch")
    func replaced() throws {
        let path = try directory.write("own.sif", "first")
        let first = try image(path)
        #expect(try image(path) == first)
        try directory.write("new.sif", "second")
        #expect(rename(directory.path + "/new.sif", path) == 0)
        let error = #expect(throws: ConfinementTool.Failure.self) { try image(path) }
        #expect(error?.message == "compute.container.image: '\(path)' is not the file any more that the first runs of this batch had; submit the batch again")
        #expect(try image(path, batch: "two").id == SHA256.hash(Array("second".utf8)).hexadecimal)
    }

    @Test("It is known by its program's name", arguments: [("apptainer", true), ("/opt/bin/singularity", true), ("podman", false), ("/usr/bin/podman", false)])
    func name(program: String, isApptainer: Bool) { #expect(Apptainer.isCalled(by: program) == isApptainer) }

    @Test(
        "Of what the program says the line with the reason is told, without its marks",
        arguments: [
            (#"\033[31mFATAL:   \033[0mno such image\n"#, "no such image"), (#"\033[91mERROR  : no right\n\033[0m"#, "no right"),
            ("Error: one\\nhint\\n", "one"), ("words\\n", "words"),
        ])
    func reason(printed: String, reason: String) throws {
        let tool = ConfinementTool(folder: directory.path)
        let error = #expect(throws: ConfinementTool.Failure.self) { try tool.run(["/bin/sh", "-c", "printf '\(printed)' >&2; exit 255"]) }
        #expect(error?.message == reason)
    }
}
