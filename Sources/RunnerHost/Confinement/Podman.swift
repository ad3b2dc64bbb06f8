import Glibc
import LynxModel
import Support

/// Runs simulations in container images, by podman. The engine starts `podman run` in place of the command; what is left of the
/// container when it has ended or was killed is removed here.
final class Podman: ContainerRuntime {
    /// The program, and its arguments before `run`.
    private let command: [String]
    /// Further arguments of `run`.
    private let arguments: [String]
    private let owner: String
    private let tool: ConfinementTool
    private let images = BatchImages()

    let limitsSimulations = true
    let reservedCharacters: Set<Character> = [":"]

    private static let attemptLabel = "lynx.attempt"
    private static let ownerLabel = "lynx.runner"

    /// - Parameters:
    ///   - command: the absolute path of podman, and arguments before `run`.
    ///   - owner: a name of this runner that no other on this machine has.
    init(_ command: [String], arguments: [String], owner: String, tool: ConfinementTool) {
        self.command = command
        self.arguments = arguments
        self.owner = owner
        self.tool = tool
    }

    /// Removes what an earlier process of this runner has left, too.
    func check(_ program: String) throws(ConfinementTool.Failure) {
        try remove(label: "\(Self.ownerLabel)=\(owner)")
        let root = try tool.makeRoot(with: program)
        let words = run(labels: ["\(Self.ownerLabel)=\(owner)"], mounts: [], limits: nil) + ["--rootfs", root, "/program"]
        defer { _ = try? DirectoryRemoval.remove(root) }
        let result = Result { () throws(ConfinementTool.Failure) in try tool.run(words) }
        try remove(label: "\(Self.ownerLabel)=\(owner)")
        _ = try result.get()
    }

    func image(_ name: String, batch: String, isWanted: @Sendable () -> Bool) throws(ConfinementTool.Failure) -> ContainerImage {
        if let known = images[name, batch] { return known }
        if (try? tool.run(command + ["image", "exists", name])) == nil {
            do throws(ConfinementTool.Failure) {
                try tool.run(command + ["pull", "--quiet", name], seconds: ConfinementTool.downloadSeconds, isWanted: isWanted)
            } catch {
                throw ConfinementTool.Failure(message: "compute.container.image: '\(name)' is not on this machine and cannot be pulled: \(error.message)")
            }
        }
        let said = try tool.run(command + ["image", "inspect", "--format", "{{.Id}} {{.Config.WorkingDir}}", name])
        let words = said.split(separator: " ", maxSplits: 1).map { String($0.filter { !$0.isNewline }) }
        guard let id = words.first else { throw ConfinementTool.Failure(message: "podman tells nothing of the image '\(name)'") }
        let image = ContainerImage(id: id, source: id, workingDirectory: words.count > 1 && words[1].hasPrefix("/") ? words[1] : "/")
        images[name, batch] = image
        return image
    }

    func launcher(_ image: ContainerImage, attempt: String, mounts: [ConfinementMount], limits: ResourceRequest?) -> [String] {
        run(labels: ["\(Self.ownerLabel)=\(owner)", Self.label(attempt)], mounts: mounts, limits: limits)
            + ["--env={name}={value}", "--workdir={working_directory}", "--entrypoint=", image.source]
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

    func remove(attempt: String) throws(ConfinementTool.Failure) -> ContainerEnding { try remove(label: Self.label(attempt)) }

    @discardableResult
    private func remove(label: String) throws(ConfinementTool.Failure) -> ContainerEnding {
        let list = try tool.run(command + ["ps", "--all", "--quiet", "--no-trunc", "--filter", "label=\(label)"])
        let ids = list.split(whereSeparator: \.isNewline).map { String($0) }
        guard !ids.isEmpty else { return ContainerEnding() }
        // A container of which nothing was started has no runtime's state.
        let states = (try? tool.run(command + ["inspect", "--type", "container", "--format", "{{.Id}} {{.OCIRuntime}} {{.State.OOMKilled}} {{.State.ExitCode}}"] + ids)) ?? ""
        try tool.run(command + ["rm", "--force", "--time", "0"] + ids)
        var ending = ContainerEnding()
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
