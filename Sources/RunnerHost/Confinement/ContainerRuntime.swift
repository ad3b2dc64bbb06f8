import Glibc
import LynxModel
import Support
import Synchronization

/// A program of this machine that runs simulations in container images. The engine starts it in place of the command.
protocol ContainerRuntime: Sendable {
    /// Whether it limits simulations to what they request by itself; otherwise the runner does.
    var limitsSimulations: Bool { get }

    /// Characters that a path must not have that is to be seen inside.
    var reservedCharacters: Set<Character> { get }

    /// Runs a program that needs nothing else in a container, to see whether this machine can. Blocks.
    ///
    /// - Parameter program: a program that is linked statically and ends by itself.
    func check(_ program: String) throws(ConfinementTool.Failure)

    /// Makes an image present, by downloading it if need be. All attempts of a batch get the same one. Blocks.
    ///
    /// - Parameter isWanted: whether anybody still waits for it.
    func image(_ name: String, batch: String, isWanted: @Sendable () -> Bool) throws(ConfinementTool.Failure) -> ContainerImage

    /// The words before a command that run it in an image.
    ///
    /// - Parameters:
    ///   - attempt: the attempt's directory, by which its containers are known.
    ///   - mounts: what is to be seen inside.
    ///   - limits: what a runtime is to limit that does so by itself.
    func launcher(_ image: ContainerImage, attempt: String, mounts: [ConfinementMount], limits: ResourceRequest?) -> [String]

    /// Removes what is left of an attempt's containers. Blocks.
    func remove(attempt: String) throws(ConfinementTool.Failure) -> ContainerEnding
}

/// An image on this machine.
struct ContainerImage: Hashable, Sendable {
    /// Says what is in it, whatever becomes of its name: it is in the results of runs.
    var id: String
    /// What the runtime knows it by.
    var source: String
    var workingDirectory: String
}

/// What a container's end says of the simulation's.
struct ContainerEnding: Hashable, Sendable {
    var isOutOfMemory = false
    /// Whether it was ended by SIGKILL, by whomever.
    var wasKilled = false
}

/// The images that batches' names stood for at the first of their jobs.
final class BatchImages: Sendable {
    private struct Key: Hashable {
        var name: String
        var batch: String
    }

    private let images = Mutex<[Key: ContainerImage]>([:])
    private static let most = 64

    subscript(name: String, batch: String) -> ContainerImage? {
        get { images.withLock { $0[Key(name: name, batch: batch)] } }
        set {
            images.withLock { images in
                if images.count >= Self.most { images.removeAll() }
                images[Key(name: name, batch: batch)] = newValue
            }
        }
    }
}

extension ConfinementTool {
    /// The longest time that the download of an image may take, in seconds.
    static let downloadSeconds = 3600

    /// Makes the root of a file system with nothing but a program, `/program`, and the folders that runtimes put something into.
    ///
    /// - Returns: its path; the caller removes it.
    func makeRoot(with program: String) throws(Failure) -> String {
        let root = "\(folder)/container-check"
        for folder in ["", "/proc", "/sys", "/dev", "/etc", "/tmp", "/run"] { mkdir(root + folder, 0o755) }
        let copy = "\(root)/program"
        guard let content = WholeFile.read(program) else { throw Failure(message: "cannot read \(program)") }
        do throws(FileError) {
            unlink(copy)
            try OwnedDescriptor.open(copy, O_WRONLY | O_CREAT | O_EXCL, mode: 0o755).write(content, to: copy)
        } catch {
            throw Failure(message: "\(error)")
        }
        return root
    }
}

/// A folder or file of this machine that is to be seen by what is confined.
struct ConfinementMount: Hashable, Sendable {
    var source: String
    var target: String
    var isWritable: Bool

    init(_ source: String, at target: String? = nil, isWritable: Bool = false) {
        self.source = source
        self.target = target ?? source
        self.isWritable = isWritable
    }
}

/// What a batch asks for each of its simulations, as limits.
struct ResourceRequest: Hashable, Sendable {
    var cores: Double?
    var memoryBytes: Int64?

    /// Nil if there is none.
    init?(_ container: ContainerSpec?) {
        cores = container?.cpuRequest.flatMap(ResourceQuantity.cores).flatMap { $0 > 0 ? $0 : nil }
        memoryBytes = container?.memoryRequest.flatMap(ResourceQuantity.gigabytes).flatMap { gigabytes in
            let bytes = (gigabytes * 1e9).rounded()
            return bytes >= 1 && bytes < 0x1p62 ? Int64(bytes) : nil
        }
        if cores == nil && memoryBytes == nil { return nil }
    }
}

/// Finds programs of the runner's own in PATH.
enum ProgramPath {
    static func find(_ name: String) throws(ConfinementTool.Failure) -> String {
        if name.utf8.contains(UInt8(ascii: "/")) {
            guard access(name, X_OK) == 0 else { throw ConfinementTool.Failure(message: "no program '\(name)'") }
            return name
        }
        let search = getenv("PATH").map { String(cString: $0) } ?? "/usr/local/bin:/usr/bin:/bin"
        for folder in search.split(separator: ":") where access("\(folder)/\(name)", X_OK) == 0 { return "\(folder)/\(name)" }
        throw ConfinementTool.Failure(message: "no program '\(name)' in PATH")
    }
}
