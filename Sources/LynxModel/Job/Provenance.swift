/// What a run was made with, as its runner found it when the attempt began: code, interpreter, machine and environment.
public struct Provenance: Codable, Hashable, Sendable {
    /// The version of the runner's host.
    public var hostVersion: String
    /// SHA-256 of the engine's library, in lower-case hexadecimal.
    public var engineSHA256: String?
    /// The major and minor version of the ABI that the engine was built against. Since 1.7 of the runner protocol, as all below.
    public var engineABI: String?
    /// SHA-256 of each file that a setting of the engine names, by the setting: `entrypoint`, `python_executable`; and
    /// of all settings as `settings`, or as `scenario` and `bundle` where the job names one. What such a file reads or imports by
    /// itself is not part of it.
    public var files: [String: String]
    /// The Python that ran the scenario; nil where none did, or where it did not answer.
    public var interpreter: InterpreterProvenance?
    public var machine: MachineProvenance?
    /// SHA-256 of the record of the environment that the simulation was given.
    public var environment: String?

    public init(
        hostVersion: String, engineSHA256: String?, engineABI: String? = nil, files: [String: String],
        interpreter: InterpreterProvenance? = nil, machine: MachineProvenance? = nil, environment: String? = nil
    ) {
        self.hostVersion = hostVersion
        self.engineSHA256 = engineSHA256
        self.engineABI = engineABI
        self.files = files
        self.interpreter = interpreter
        self.machine = machine
        self.environment = environment
    }

    private enum CodingKeys: String, CodingKey {
        case files, interpreter, machine, environment
        case hostVersion = "host_version"
        case engineSHA256 = "engine_sha256"
        case engineABI = "engine_abi"
    }
}

/// A Python interpreter and what is installed for it.
public struct InterpreterProvenance: Codable, Hashable, Sendable {
    /// Absolute, on the runner's machine.
    public var path: String
    /// As it names itself: `CPython 3.11.2`.
    public var version: String
    /// SHA-256 of the interpreter's file.
    public var sha256: String?
    /// SHA-256 of the record of the installed distributions, a line `name==version` for each.
    public var distributions: String

    public init(path: String, version: String, sha256: String?, distributions: String) {
        self.path = path
        self.version = version
        self.sha256 = sha256
        self.distributions = distributions
    }
}

/// What of a machine may show in the numbers of a simulation.
public struct MachineProvenance: Codable, Hashable, Sendable {
    /// `Linux 6.1.0-13-amd64 x86_64`
    public var kernel: String
    /// The model of the first processor.
    public var cpu: String
    /// `glibc 2.36`: the mathematical functions of most programs are the C library's.
    public var libc: String

    public init(kernel: String, cpu: String, libc: String) {
        self.kernel = kernel
        self.cpu = cpu
        self.libc = libc
    }
}

/// A text that the provenance of many runs refers to by its hash: a list of distributions, an environment.
public struct ProvenanceRecord: Codable, Hashable, Sendable {
    /// Of the text's bytes, in lower-case hexadecimal.
    public var sha256: String
    public var text: String

    public init(sha256: String, text: String) {
        self.sha256 = sha256
        self.text = text
    }

    /// Of the text of one record.
    package static let mostBytes = 256 << 10
    /// In one report.
    package static let most = 8
}
