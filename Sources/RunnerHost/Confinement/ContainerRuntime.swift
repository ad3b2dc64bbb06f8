import Glibc
import LynxModel
import Support
import Synchronization

/// Runs simulations in container images, by podman. The engine starts `podman run` in place of the command; what is left of the
/// container when it has ended or was killed is removed here.
package final class ContainerRuntime: Sendable {
    /// An image on this machine.
    struct Image: Hashable, Sendable {
        /// With which all runs of a batch run the same, whatever becomes of the name.
        var id: String
        var workingDirectory: String
    }

    /// What a container's end says of the simulation's.
    struct Ending: Hashable, Sendable {
        var isOutOfMemory = false
        /// Whether it was ended by SIGKILL, by whomever.
        var wasKilled = false
    }

    /// The program, and its arguments before `run`.
    private let command: [String]
    /// Further arguments of `run`.
    private let arguments: [String]
    private let owner: String
    private let tool: ConfinementTool
    private let images = Mutex<[String: Image]>([:])

    private static let attemptLabel = "lynx.attempt"
    private static let ownerLabel = "lynx.runner"
    private static let pullSeconds = 3600
    private static let mostImages = 64

    /// - Parameters:
    ///   - command: the absolute path of podman, and arguments before `run`.
    ///   - owner: a name of this runner that no other on this machine has.
    init(_ command: [String], arguments: [String], owner: String, tool: ConfinementTool) {
        self.command = command
        self.arguments = arguments
        self.owner = owner
        self.tool = tool
    }

    /// Runs a program that needs nothing else in a container, to see whether this machine can, and removes what an earlier process of
    /// this runner has left. Blocks.
    ///
    /// - Parameter program: a program that is linked statically and ends by itself.
    func check(_ program: String) throws(ConfinementTool.Failure) {
        try remove(label: "\(Self.ownerLabel)=\(owner)")
        let root = "\(tool.folder)/container-check"
        for folder in ["", "/proc", "/sys", "/dev", "/etc", "/tmp", "/run"] { mkdir(root + folder, 0o755) }
        let copy = "\(root)/program"
        guard let content = WholeFile.read(program) else { throw ConfinementTool.Failure(message: "cannot read \(program)") }
        do throws(FileError) {
            unlink(copy)
            try OwnedDescriptor.open(copy, O_WRONLY | O_CREAT | O_EXCL, mode: 0o755).write(content, to: copy)
        } catch {
            throw ConfinementTool.Failure(message: "\(error)")
        }
        let words = run(labels: ["\(Self.ownerLabel)=\(owner)"], mounts: [], limits: nil) + ["--rootfs", root, "/program"]
        defer { _ = try? DirectoryRemoval.remove(root) }
        let result = Result { () throws(ConfinementTool.Failure) in try tool.run(words) }
        try remove(label: "\(Self.ownerLabel)=\(owner)")
        _ = try result.get()
    }

    /// Makes an image present, by downloading it if need be. All attempts of a batch get the same one. Blocks.
    ///
    /// - Parameter isWanted: whether anybody still waits for it.
    func image(_ name: String, batch: String, isWanted: @Sendable () -> Bool) throws(ConfinementTool.Failure) -> Image {
        let key = "\(batch) \(name)"
        if let known = images.withLock({ $0[key] }) { return known }
        if (try? tool.run(command + ["image", "exists", name])) == nil {
            do throws(ConfinementTool.Failure) {
                try tool.run(command + ["pull", "--quiet", name], seconds: Self.pullSeconds, isWanted: isWanted)
            } catch {
                throw ConfinementTool.Failure(
                    message: "compute.container.image: '\(name)' is not on this machine and cannot be pulled: \(error.message)")
            }
        }
        let said = try tool.run(command + ["image", "inspect", "--format", "{{.Id}} {{.Config.WorkingDir}}", name])
        let words = said.split(separator: " ", maxSplits: 1).map { String($0.filter { !$0.isNewline }) }
        guard let id = words.first else { throw ConfinementTool.Failure(message: "podman tells nothing of the image '\(name)'") }
        let image = Image(id: id, workingDirectory: words.count > 1 && words[1].hasPrefix("/") ? words[1] : "/")
        images.withLock { images in
            if images.count >= Self.mostImages { images.removeAll() }
            images[key] = image
        }
        return image
    }

    /// Looks the image up again at the next job.
    func forgetImages() { images.withLock { $0.removeAll() } }

    /// The words before a command that run it in an image.
    ///
    /// - Parameters:
    ///   - attempt: the attempt's directory, by which its containers are known.
    ///   - mounts: what is to be seen inside.
    func launcher(_ image: Image, attempt: String, mounts: [ConfinementMount], limits: ResourceRequest?) -> [String] {
        run(labels: ["\(Self.ownerLabel)=\(owner)", Self.label(attempt)], mounts: mounts, limits: limits)
            + ["--env={name}={value}", "--workdir={working_directory}", "--entrypoint=", image.id]
    }

    private func run(labels: [String], mounts: [ConfinementMount], limits: ResourceRequest?) -> [String] {
        var words = command + ["run"] + labels.map { "--label=\($0)" }
        // The telemetry endpoint is a port of this machine, and files are to belong to the user of the runner.
        words += ["--network=host", "--user=0:0", "--pull=never", "--log-driver=none"]
        words += mounts.map { "--volume=\($0.source):\($0.target)\($0.isWritable ? "" : ":ro")" }
        if let cores = limits?.cores { words.append("--cpus=\(cores)") }
        if let bytes = limits?.memoryBytes { words += ["--memory=\(bytes)", "--memory-swap=\(bytes)"] }
        return words + arguments
    }

    private static func label(_ attempt: String) -> String { "\(attemptLabel)=\(attempt)" }

    /// Removes what is left of an attempt's containers. Blocks.
    func remove(attempt: String) throws(ConfinementTool.Failure) -> Ending { try remove(label: Self.label(attempt)) }

    @discardableResult
    private func remove(label: String) throws(ConfinementTool.Failure) -> Ending {
        let list = try tool.run(command + ["ps", "--all", "--quiet", "--no-trunc", "--filter", "label=\(label)"])
        let ids = list.split(whereSeparator: \.isNewline).map { String($0) }
        guard !ids.isEmpty else { return Ending() }
        // A container of which nothing was started has no runtime's state.
        let states =
            (try? tool.run(
                command + [
                    "inspect", "--type", "container", "--format", "{{.Id}} {{.OCIRuntime}} {{.State.OOMKilled}} {{.State.ExitCode}}",
                ] + ids)) ?? ""
        try tool.run(command + ["rm", "--force", "--time", "0"] + ids)
        var ending = Ending()
        for line in states.split(whereSeparator: \.isNewline) {
            let fields = line.split(separator: " ").map { String($0) }
            guard fields.count == 4 else { continue }
            if fields[2] == "true" { ending.isOutOfMemory = true }
            if fields[3] == "\(128 + SIGKILL)" { ending.wasKilled = true }
            // Of a container whose monitor was killed podman leaves the runtime's own state and control groups.
            if let program = try? ProgramPath.find(fields[1]) { _ = try? tool.run([program, "delete", "--force", fields[0]]) }
        }
        return ending
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
