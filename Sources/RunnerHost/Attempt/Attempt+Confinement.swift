import EventLoop
import Glibc
import LynxModel
import Support

/// The container image, the sandbox and the limits of an attempt.
extension Attempt {
    /// Makes ready what the attempt's commands are to be started with.
    ///
    /// - Parameters:
    ///   - scenario: nil for the engine's default.
    ///   - code: the folder with the code of the batch's bundle; nil if it has none.
    /// - Returns: nil if the attempt was stopped before that was done.
    func confine(
        _ scenario: NamedScenario?, code: String?, in directory: AttemptDirectory, with engine: EngineLibrary, telemetryURL: String,
        on runner: RunnerService
    ) async throws -> ConfinedAttempt? {
        var confined = ConfinedAttempt(settings: scenario?.settings)
        guard let confinements = runner.host.confinements else { return confined }
        confined.request = ResourceRequest(assignment.container)
        if let name = assignment.container?.image {
            guard let containers = confinements.containers, engine.confinesCommands else {
                throw ConditionProblem("this runner does not run simulations of '\(engine.id)' in container images any more")
            }
            guard let image = try await image(name, containers, confinements, on: runner) else { return nil }
            try contain(image, scenario, code, directory, engine, containers, confinements, &confined)
            if !containers.limitsSimulations { try limit(engine, confinements, &confined) }
        } else {
            if scenario?.isSandboxed ?? confinements.sandboxesByDefault {
                // The configuration was read again since the start.
                guard let sandbox = confinements.sandbox else {
                    throw ConditionProblem("sandbox: was not checked at the start of this runner; start it again")
                }
                // Of a bundle's options nothing is known before.
                if let obstacle = RunnerConfiguration.obstacle(toSandboxing: scenario?.settings ?? confinements.defaultSettings(engine), of: engine) {
                    throw EngineFailure(kind: .unsupported, message: "cannot run in a sandbox: \(obstacle)")
                }
                confined.confinement.launcher = sandbox.launcher(
                    port: Self.port(of: telemetryURL),
                    mounts: Self.mounts(directory, hiding: true) + visible(scenario?.settings ?? confinements.defaultSettings(engine), code: code, confinements.defaultSettings(engine)))
            }
            try limit(engine, confinements, &confined)
        }
        return confined
    }

    /// Nil if the attempt was stopped before it was there.
    private func image(
        _ name: String, _ containers: any ContainerRuntime, _ confinements: Confinements, on runner: RunnerService
    ) async throws -> ContainerImage? {
        do {
            return try await untilStopped(on: runner) { [self] in
                try await confinements.threads.run { [self] in
                    try containers.image(name, batch: assignment.batchID, isWanted: { [self] in !isStopped })
                }
            }
        } catch let error as ConfinementTool.Failure {
            // Another try may go otherwise; it says nothing of this machine.
            throw EngineFailure(kind: .internal, message: error.message)
        }
    }

    private func contain(
        _ image: ContainerImage, _ scenario: NamedScenario?, _ code: String?, _ directory: AttemptDirectory, _ engine: EngineLibrary,
        _ containers: any ContainerRuntime, _ confinements: Confinements, _ confined: inout ConfinedAttempt
    ) throws {
        var settings = (scenario?.settings ?? confinements.defaultSettings(engine)).inContainer(scenario?.spec)
        var folders = Set([code].compactMap { $0 })
        if let own = scenario?.spec?.workingDirectory {
            let path = Self.absolute(own)
            settings["working_directory"] = path
            if FileStatus(path)?.isDirectory == true { folders.insert(path) }
        } else {
            settings["working_directory"] = image.workingDirectory
        }
        for key in Set(["entrypoint", engine.declaration?.entrypoint ?? "entrypoint"]) {
            guard let path = settings[key].map(Self.absolute), FileStatus(path)?.isRegular == true else { continue }
            settings[key] = path
            folders.insert(String(path[..<(path.utf8.lastIndex(of: UInt8(ascii: "/")) ?? path.startIndex)]))
        }
        // One of another needs no place of its own.
        let outer = folders.filter { path in !folders.contains { $0 != path && path.hasPrefix($0 + "/") } && path != "/" && !path.isEmpty }
        let mounts = Self.mounts(directory, hiding: false) + outer.sorted().map { ConfinementMount($0) }
        if let path = mounts.map(\.source).first(where: { $0.contains(where: containers.reservedCharacters.contains) }) {
            let reserved = containers.reservedCharacters.sorted().map { "'\($0)'" }.joined(separator: " or ")
            throw EngineFailure(kind: .invalid, message: "'\(path)' cannot be made visible in a container, as its name has \(reserved)")
        }
        confined.settings = settings
        confined.image = image
        confined.confinement.launcher = containers.launcher(image, attempt: directory.path, mounts: mounts, limits: confined.request)
    }

    private func limit(_ engine: EngineLibrary, _ confinements: Confinements, _ confined: inout ConfinedAttempt) throws {
        guard let request = confined.request else { return }
        guard engine.confinesCommands else { return confinements.tellNoLimits("the engine \(engine.id) does not limit its simulations") }
        if let obstacle = confinements.limits?.obstacle { confinements.tellNoLimits(obstacle) }
        do throws(FileError) {
            confined.group = try confinements.limits?.make(request)
        } catch {
            throw EngineFailure(kind: .resources, message: "cannot limit the simulation: \(error)")
        }
        confined.confinement.controlGroups = confined.group?.directories ?? []
    }

    /// Removes what confined the attempt, once its processes have ended.
    func release(_ confined: ConfinedAttempt, in directory: AttemptDirectory, on host: SimulationHost) async -> ConfinedAttempt.Ending {
        var ending = ConfinedAttempt.Ending(limitBytes: confined.request?.memoryBytes, hasLauncher: !confined.confinement.launcher.isEmpty)
        guard let confinements = host.confinements else { return ending }
        if confined.image != nil, let containers = confinements.containers {
            do {
                let end = try await confinements.threads.run { try containers.remove(attempt: directory.path) }
                (ending.isOutOfMemory, ending.wasKilledInside) = (end.isOutOfMemory, end.wasKilled)
            } catch {
                ending.warnings.append("the simulation's container could not be removed: \(error)")
            }
        }
        if let group = confined.group, let limits = confinements.limits {
            ending.isOutOfMemory = group.outOfMemoryKills > 0
            ending.peakBytes = group.peakBytes
            let isGone = (try? await confinements.threads.run { limits.remove(group) }) ?? false
            if !isGone { ending.warnings.append("the simulation's control group could not be removed: a process may still run in it") }
        }
        return ending
    }

    private static func mounts(_ directory: AttemptDirectory, hiding: Bool) -> [ConfinementMount] {
        let own = ConfinementMount(directory.path, isWritable: true)
        // A short link to a folder in the directory: what is confined has it as a folder.
        if directory.temporary.hasPrefix(directory.path + "/") { return [own] }
        return [own, ConfinementMount(directory.path + "/tmp", at: directory.temporary, isWritable: true)]
    }

    /// The paths in settings that a sandbox would hide.
    ///
    /// - Parameters:
    ///   - code: the folder of the batch's bundle. What the batch says of other places is not made visible for it.
    ///   - own: the settings of the runner's configuration.
    private func visible(_ settings: [String: String], code: String?, _ own: [String: String]) -> [ConfinementMount] {
        let named = settings.filter { key, value in
            guard key != "state_directory", let code else { return key != "state_directory" }
            return own[key] == value || value == code || (value.hasPrefix(code + "/") && !value.split(separator: "/").contains(".."))
        }
        let paths = named.values.map(Self.absolute).filter { Sandbox.hides($0) && FileStatus($0) != nil }
        let folders = paths.map { path -> String in
            if FileStatus(path)?.isDirectory == true { return path }
            // An interpreter in a virtual environment finds its packages beside its folder.
            let parts = path.split(separator: "/")
            return "/" + parts.dropLast(parts.dropLast().last == "bin" ? 2 : 1).joined(separator: "/")
        }
        return Set(folders).filter { Sandbox.hides($0) }.sorted().map { ConfinementMount($0) }
    }

    private static func port(of url: String) -> UInt16? { url.split(separator: ":").last.flatMap { UInt16($0) } }

    private static func absolute(_ path: String) -> String {
        if path.utf8.first == UInt8(ascii: "/") { return path }
        guard let here = getcwd(nil, 0) else { return path }
        defer { free(here) }
        return path == "." ? String(cString: here) : "\(String(cString: here))/\(path)"
    }
}
