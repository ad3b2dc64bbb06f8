import Foundation
import TestSupport

/// A disk that can be made full, and that tells what was synced: for the programs started with its `environment`.
struct DiskShim: Sendable {
    private let directory: TemporaryDirectory
    private let full: String
    private let library: String

    /// - Parameter full: the directory below which there is no room when the disk is full.
    init(full: String) async throws {
        directory = try TemporaryDirectory()
        library = directory.file("disk_shim.so")
        self.full = full
        let end = try await Program.run(
            "cc", ["-std=c11", "-shared", "-fPIC", Repository.path("Tests/Fixtures/disk_shim.c"), "-o", library], in: directory.path)
        guard end.exitCode == 0 else { throw CompilationFailed(errors: end.errors) }
    }

    struct CompilationFailed: Error { var errors: String }

    var environment: [String: String?] {
        [
            "LD_PRELOAD": library, "DISK_SHIM_FLAG": directory.file("full"), "DISK_SHIM_FULL": full,
            "DISK_SHIM_LOG": directory.file("synced"),
        ]
    }

    func fill() throws { try directory.write("full", "") }
    func makeRoom() throws { try FileManager.default.removeItem(atPath: directory.file("full")) }

    /// The files and directories that were synced so far.
    func synced() throws -> Set<String> { Set(try directory.read("synced").split(separator: "\n").map(String.init)) }
}
