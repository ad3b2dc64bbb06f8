import Glibc
import LynxModel
import Support
import Synchronization

/// Runs simulations in container images, by apptainer, or by singularity, whose command line it shares. Its containers are no more
/// than processes in namespaces of their own: with them all of it ends, and nothing is left to remove.
final class Apptainer: ContainerRuntime {
    /// The program, and its arguments before `exec`.
    private let command: [String]
    /// Further arguments of `exec`.
    private let arguments: [String]
    /// `lynx-sandbox`, which hands over variables.
    private let helper: String
    /// What the names of variables begin with that it hands on.
    private let variablePrefix: String
    private let tool: ConfinementTool
    private let images = BatchImages()
    /// What the files of images were when they were hashed.
    private let identities = Mutex<[String: CodeFiles.Identity]>([:])

    let limitsSimulations = false
    let reservedCharacters: Set<Character> = [":", ",", "\\"]

    /// - Parameters:
    ///   - command: the absolute path of the program, and arguments before `exec`.
    ///   - helper: the path of `lynx-sandbox`.
    ///   - tool: in whose folder images of registries are kept.
    init(_ command: [String], arguments: [String], helper: String, tool: ConfinementTool) {
        self.command = command
        self.arguments = arguments
        self.helper = helper
        self.tool = tool
        variablePrefix = Self.name(of: command[0]) == "singularity" ? "SINGULARITYENV_" : "APPTAINERENV_"
    }

    /// Whether a program, by name or path, is one that this type knows to call.
    static func isCalled(by program: String) -> Bool { ["apptainer", "singularity"].contains(name(of: program)) }

    private static func name(of program: String) -> Substring { program.split(separator: "/").last ?? "" }

    func check(_ program: String) throws(ConfinementTool.Failure) {
        let root = try tool.makeRoot(with: program)
        defer { _ = try? DirectoryRemoval.remove(root) }
        try tool.run(exec(mounts: []) + ["--pwd", "/", root, "/program"])
    }

    func image(_ name: String, batch: String, isWanted: @Sendable () -> Bool) throws(ConfinementTool.Failure) -> ContainerImage {
        if let known = images[name, batch] {
            guard identities.withLock({ $0[known.source] }) == CodeFiles.place(known.source) else {
                throw ConfinementTool.Failure(
                    message: "compute.container.image: '\(name)' is not the file any more that the first runs of this batch had; submit the batch again")
            }
            return known
        }
        let path = try Self.file(name.hasPrefix("/") ? name : try pulled(name, isWanted), name)
        let identity = CodeFiles.place(path)
        let digest: String
        do throws(FileError) { digest = try BundleBlobs.hash(of: path) } catch {
            throw ConfinementTool.Failure(message: "compute.container.image: '\(name)' cannot be read: \(error)")
        }
        let image = ContainerImage(id: digest, source: path, workingDirectory: "/")
        identities.withLock { $0[path] = identity }
        images[name, batch] = image
        return image
    }

    /// A folder could show all of this machine's files, such as `/`.
    private static func file(_ path: String, _ name: String) throws(ConfinementTool.Failure) -> String {
        guard let real = realpath(path, nil) else {
            throw ConfinementTool.Failure(
                message: "compute.container.image: there is no '\(name)' on this machine; give the path of a .sif file, or the name of a registry's image")
        }
        defer { free(real) }
        let path = String(cString: real)
        guard FileStatus(path)?.isRegular == true else {
            throw ConfinementTool.Failure(message: "compute.container.image: '\(name)' is no file; give the path of a .sif file, which 'apptainer build' makes of a folder")
        }
        return path
    }

    /// The file of an image of a registry.
    private func pulled(_ name: String, _ isWanted: @Sendable () -> Bool) throws(ConfinementTool.Failure) -> String {
        let folder = "\(tool.folder)/images"
        let path = "\(folder)/\(SHA256.hash(Array(name.utf8)).hexadecimal).sif"
        if FileStatus(path) != nil { return path }
        let part = "\(path).\(UInt32.random(in: 0 ... .max)).part"
        defer { unlink(part) }
        do throws(FileError) { try Directory.make(folder) } catch { throw ConfinementTool.Failure(message: "\(error)") }
        do throws(ConfinementTool.Failure) {
            let source = name.contains("://") ? name : "docker://\(name)"
            try tool.run(command + ["--silent", "pull", part, source], seconds: ConfinementTool.downloadSeconds, isWanted: isWanted)
        } catch {
            throw ConfinementTool.Failure(message: "compute.container.image: '\(name)' is not on this machine and cannot be pulled: \(error.message)")
        }
        guard rename(part, path) == 0 else { throw ConfinementTool.Failure(message: "cannot keep the image '\(name)': \(FileError.last("rename", part))") }
        return path
    }

    func launcher(_ image: ContainerImage, attempt: String, mounts: [ConfinementMount], limits: ResourceRequest?) -> [String] {
        [helper, "--environment", variablePrefix, "--setenv={name}={value}", "--"]
            + exec(mounts: mounts) + ["--pwd", "{working_directory}", image.source]
    }

    /// With the network of the machine, as the telemetry endpoint is a port of it, and as the user of the runner, both of which are
    /// the program's own default. By default it would also give root all capabilities, and fail where one is missing: guardians
    /// take that for priorities away.
    private func exec(mounts: [ConfinementMount]) -> [String] {
        command + ["--silent", "exec", "--containall", "--cleanenv", "--no-eval"] + (geteuid() == 0 ? ["--no-privs"] : [])
            + mounts.flatMap { ["--bind", "\($0.source):\($0.target)\($0.isWritable ? "" : ":ro")"] } + arguments
    }

    func remove(attempt: String) -> ContainerEnding { ContainerEnding() }
}
