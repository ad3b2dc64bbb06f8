import EventLoop
import Glibc
import LynxModel
import Support
import Synchronization

/// Records what attempts are run with. What does not change from one job to the next is read once.
final class ProvenanceRecorder: Sendable {
    let code = CodeFiles()
    private let machine = MachineProvenance.current
    private let environments: EnvironmentRecords
    private let interpreters = Interpreters()
    private let texts = Mutex<[String: String]>([:])
    private let threads = CallThreads(name: "lynx-provenance", most: 1)

    struct Found: Sendable {
        var provenance: Provenance
        /// Whether the interpreter is missing in it, because it has to be asked first.
        var asksInterpreter: Bool
    }

    init(secrets: @escaping @Sendable () -> [String] = { [] }) { environments = EnvironmentRecords(secrets: secrets) }

    /// What an attempt runs with if it begins now. Blocks on the disk.
    func provenance(of engine: EngineLibrary, files: [String: String], settings: [String: String]) -> Found {
        let record = environments.record(adding: settings.variables)
        texts.withLock { $0[record.sha256] = record.text }
        var provenance = Provenance(
            hostVersion: LynxVersion.current, engineSHA256: code.digest(of: engine.path), engineABI: engine.abi,
            files: SettingFiles.paths(settings).merging(files) { $1 }.compactMapValues(code.digest), machine: machine,
            environment: record.sha256)
        guard case .known(let answer) = interpreters.look(settings) else { return Found(provenance: provenance, asksInterpreter: true) }
        provenance.interpreter = answer.map(noted)
        return Found(provenance: provenance, asksInterpreter: false)
    }

    /// The interpreter of a scenario, which is asked what is installed if that may have changed; nil if there is none, or if it
    /// does not answer in time.
    func interpreter(_ settings: [String: String]) async -> InterpreterProvenance? {
        let found = try? await threads.run(CallPatience(Self.patience), late: { _ in }) { [interpreters, code] in
            interpreters.ask(settings, code)
        }
        return (found ?? nil).map(noted)
    }

    private static let patience = Duration.seconds(30)

    private func noted(_ interpreter: Interpreters.Answer) -> InterpreterProvenance {
        texts.withLock { $0[interpreter.provenance.distributions] = interpreter.distributions }
        return interpreter.provenance
    }

    /// The texts that a provenance refers to.
    func records(of provenance: Provenance) -> [ProvenanceRecord] {
        let hashes = [provenance.environment, provenance.interpreter?.distributions].compactMap { $0 }
        return texts.withLock { texts in
            hashes.compactMap { hash in texts[hash].map { ProvenanceRecord(sha256: hash, text: $0) } }
        }
    }
}

/// Which records the control plane has of a batch, so that they are sent once.
struct DeliveredRecords: Sendable {
    private var delivered: [String: Set<String>] = [:]
    private var order: [String] = []
    private static let mostBatches = 256

    func lacks(_ record: ProvenanceRecord, of batchID: String) -> Bool { delivered[batchID]?.contains(record.sha256) != true }

    mutating func add(_ records: [ProvenanceRecord], of batchID: String) {
        if delivered[batchID] == nil {
            order.append(batchID)
            if order.count > Self.mostBatches { delivered[order.removeFirst()] = nil }
        }
        delivered[batchID, default: []].formUnion(records.map(\.sha256))
    }
}

extension [String: String] {
    /// The variables that settings of an engine add to the simulation's environment.
    var variables: [String: String] {
        Dictionary(
            uniqueKeysWithValues: filter { $0.key.hasPrefix("env.") }.map { (String($0.key.dropFirst("env.".count)), $0.value) })
    }
}

extension MachineProvenance {
    /// This machine.
    static let current: MachineProvenance = {
        var name = utsname()
        uname(&name)
        let kernel = [text(&name.sysname), text(&name.release), text(&name.machine)].joined(separator: " ")
        return MachineProvenance(kernel: kernel, cpu: cpu ?? text(&name.machine), libc: libc)
    }()

    private static var libc: String {
        var buffer = [CChar](repeating: 0, count: 64)
        confstr(CInt(_CS_GNU_LIBC_VERSION), &buffer, buffer.count)
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func text<Field>(_ field: inout Field) -> String {
        withUnsafeBytes(of: &field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    /// The fields by which processors of different kinds name themselves in /proc/cpuinfo.
    private static let cpuFields = ["model name", "Model", "cpu model", "Processor", "CPU part"]

    private static var cpu: String? {
        guard let bytes = WholeFile.read("/proc/cpuinfo", atMost: 1 << 20) else { return nil }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map { $0.split(separator: ":", maxSplits: 1) }
        for field in cpuFields {
            for line in lines where line.count == 2 && trimmed(line[0]) == field { return trimmed(line[1]) }
        }
        return nil
    }

    private static func trimmed(_ text: Substring) -> String {
        String(text.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
