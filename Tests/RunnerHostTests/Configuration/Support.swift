import FoundationEssentials
import TestSupport

/// A configuration file that goes when its last holder does.
final class TemporaryFile {
    let path: String
    private let directory: TemporaryDirectory

    init(_ text: String) throws {
        directory = try TemporaryDirectory()
        path = try directory.write("runner.yaml", text)
    }
}

/// Every YAML file directly in a folder of the repository.
func yamlFiles(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: Repository.path(folder)).filter { $0.hasSuffix(".yaml") }.sorted()
        .map { Repository.path("\(folder)/\($0)") }
}
