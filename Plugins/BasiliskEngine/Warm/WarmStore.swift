import EngineKit
import FoundationEssentials
import Glibc
import Support

/// The folder with the runner's findings about one scenario, which persist over restarts.
struct WarmStore: Sendable {
    /// Counts that persist besides the proof.
    struct Progress: Codable, Sendable {
        var coldRuns = 0
        /// Duration of the first run that succeeded in seconds; 0 before that.
        var runSeconds = 0.0

        private enum CodingKeys: String, CodingKey {
            case coldRuns = "cold_runs"
            case runSeconds = "run_seconds"
        }
    }

    let folder: String

    /// - Parameters:
    ///   - stateDirectory: nil means a temporary folder that is removed when this process ends.
    ///   - key: the scenario's key.
    init(stateDirectory: String?, key: String) {
        folder = (stateDirectory.map(ProgramLookup.absolute) ?? Self.temporary) + "/warm/\(key)"
    }

    private static let temporary: String = {
        var template = Array("\(getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp")/lynx-warm-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { return "/nonexistent" }
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        atexit { try? FileManager.default.removeItem(atPath: WarmStore.temporary) }
        return path
    }()

    var plan: String { folder + "/plan.json" }
    var runConfig: String { folder + "/run_config.json" }
    /// The script of `lynx_warm` for processes other than parents.
    var image: String { folder + "/lynx_warm.py" }
    var work: String { folder + "/proof" }

    /// Creates the folder, accessible to this user only.
    func prepare() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    func progress() -> Progress { read("progress.json") ?? Progress() }
    func keep(_ progress: Progress) { write(progress, "progress.json") }

    func proof() -> ProofRecord? { read("proof.json") }
    func keep(_ proof: ProofRecord) { write(proof, "proof.json") }

    /// The plan, if the files that it refers to are unchanged; otherwise nil.
    func currentPlan() -> WarmPlan? {
        guard let plan = WarmPlan.read(plan), plan.files.allSatisfy(\.isUnchanged) else { return nil }
        return plan
    }

    func forgetPlan() { try? FileManager.default.removeItem(atPath: plan) }

    func bytes(_ path: String) -> [UInt8]? { WholeFile.read(path, atMost: .max) }

    /// Writes a file atomically.
    @discardableResult
    func write(_ bytes: [UInt8], to path: String) -> Bool {
        (try? Data(bytes).write(to: URL(filePath: path), options: .atomic)) != nil
    }

    private func read<Value: Decodable>(_ name: String) -> Value? {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        return bytes("\(folder)/\(name)").flatMap { try? decoder.decode(Value.self, from: Data($0)) }
    }

    private func write(_ value: some Encodable, _ name: String) {
        try? prepare()
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        if let data = try? encoder.encode(value) { write([UInt8](data), to: "\(folder)/\(name)") }
    }
}
