import Glibc
import LynxModel
import Support
import Synchronization

/// Records of the environments that simulations are given: the host's own variables and those of a scenario, a line for each,
/// with secrets masked. What is new for every job, the variables of the scenario contract and TMPDIR, is left out.
final class EnvironmentRecords: Sendable {
    private let own: [String: String]
    private let secrets: @Sendable () -> [String]
    private let known = Mutex<[[String: String]: ProvenanceRecord]>([:])

    private static let mostKnown = 256
    static let mask = "***"

    /// - Parameter secrets: the values that must not be shown.
    init(_ own: [String: String] = EnvironmentRecords.host, secrets: @escaping @Sendable () -> [String]) {
        self.own = own
        self.secrets = secrets
    }

    func record(adding variables: [String: String]) -> ProvenanceRecord {
        if let record = known.withLock({ $0[variables] }) { return record }
        let record = Self.record(of: own.merging(variables) { $1 }, secrets: secrets())
        known.withLock { known in
            if known.count >= Self.mostKnown { known.removeAll() }
            known[variables] = record
        }
        return record
    }

    static func record(of environment: [String: String], secrets: [String]) -> ProvenanceRecord {
        let environment = environment.filter { name, _ in !counters.contains(name) && !withheld.contains(where: name.hasPrefix) }
        // A secret may also be a part of another variable, such as a database's URL.
        let hidden = environment.filter { isSecret(name: $0.key) }.map(\.value) + secrets
        let lines = environment.sorted { $0.key < $1.key }.map { name, value in
            "\(name)=\(isSecret(name: name) ? mask : masked(value, hidden.filter { $0.utf8.count >= leastSecret }))\n"
        }
        var text = lines.joined()
        while text.utf8.count > ProvenanceRecord.mostBytes { text.unicodeScalars.removeLast(text.unicodeScalars.count / 4 + 1) }
        return ProvenanceRecord(sha256: SHA256.hash(Array(text.utf8)).hexadecimal, text: text)
    }

    /// Shorter values are found in others by chance.
    private static let leastSecret = 6
    /// What differs from job to job, or from shell to shell.
    private static let counters: Set = ["TMPDIR", "_", "SHLVL", "OLDPWD"]
    private static let withheld = ["LYNX_RUNNER_", "TETRYX_"]
    private static let secretNames = ["TOKEN", "SECRET", "PASSWORD", "PASSWD", "PASSPHRASE", "KEY", "CREDENTIAL"]

    static func isSecret(name: String) -> Bool { secretNames.contains(where: name.uppercased().contains) }

    /// One line, in which neither these values nor the password of a URL is shown.
    private static func masked(_ value: String, _ hidden: [String]) -> String {
        var value = value.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\\n")
        for secret in hidden { value = value.split(separator: secret, omittingEmptySubsequences: false).joined(separator: mask) }
        return value.replacing(#/:\/\/([^\/@:\s]*):[^\/@\s]*@/#) { "://\($0.output.1):\(mask)@" }
    }

    /// This process's environment, as far as it is text.
    static var host: [String: String] {
        var found: [String: String] = [:]
        var entry = environ
        while let pointer = entry.pointee {
            entry += 1
            let text = String(cString: pointer)
            guard let equals = text.firstIndex(of: "=") else { continue }
            let name = String(text[..<equals])
            if found[name] == nil { found[name] = String(text[text.index(after: equals)...]) }
        }
        return found
    }
}
