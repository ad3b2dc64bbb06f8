import Glibc
import LynxModel
import Support

extension RunnerProcess {
    /// What simulations are confined with. Checks by running something that this machine can do what the configuration asks for.
    func confinements(of engines: [EngineLibrary], state: StateDirectory) throws(StartupError) -> Confinements {
        let tool = ConfinementTool(folder: state.path)
        return Confinements(
            containers: try containers(engines, tool, owner: state.runnerID), sandbox: try sandbox(engines, tool, state: state.path),
            sandboxesByDefault: configuration.isSandboxed, limits: LimitGroups(name: "lynx-\(state.runnerID)"), logger: logger
        ) { [configuration] in EngineSettings.make(for: $0.id, $0.declaration, configuration) }
    }

    private func containers(_ engines: [EngineLibrary], _ tool: ConfinementTool, owner: String) throws(StartupError) -> (any ContainerRuntime)? {
        guard let name = configuration.containerRuntime.first else { return nil }
        do throws(ConfinementTool.Failure) {
            let command = [try ProgramPath.find(name)] + configuration.containerRuntime.dropFirst()
            let arguments = configuration.containerArguments
            let runtime: any ContainerRuntime =
                if Apptainer.isCalled(by: name) {
                    Apptainer(command, arguments: arguments, helper: try helper("lynx-sandbox", engines), tool: tool)
                } else {
                    Podman(command, arguments: arguments, owner: owner, tool: tool)
                }
            try runtime.check(try helper("lynx-spawner", engines))
            return runtime
        } catch {
            throw StartupError(
                "container_runtime: '\(configuration.containerRuntime.joined(separator: " "))' runs no containers here: \(error.message); "
                    + "correct it or container_arguments, or leave container_runtime out")
        }
    }

    private func sandbox(_ engines: [EngineLibrary], _ tool: ConfinementTool, state: String) throws(StartupError) -> Sandbox? {
        guard configuration.isSandboxed || configuration.scenarios.values.contains(where: { $0.isSandboxed == true }) else { return nil }
        if configuration.isSandboxed {
            for engine in engines where engine.hasDefault {
                guard
                    let problem = RunnerConfiguration.obstacle(
                        toSandboxing: EngineSettings.make(for: engine.id, engine.declaration, configuration), of: engine)
                else { continue }
                throw StartupError("sandbox: \(problem); set it only for the scenarios that can, by their own 'sandbox'")
            }
        }
        do throws(ConfinementTool.Failure) {
            let sandbox = try Sandbox(helper: try helper("lynx-sandbox", engines), state: state, tool: tool)
            try sandbox.check()
            return sandbox
        } catch {
            throw StartupError(
                "sandbox: bubblewrap does not work here: \(error.message); install it and let this user make namespaces, or set sandbox to false")
        }
    }

    /// A program that is installed beside the engines.
    private func helper(_ name: String, _ engines: [EngineLibrary]) throws(ConfinementTool.Failure) -> String {
        for engine in engines {
            let path = engine.path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/") + "/\(name)"
            if access(path, X_OK) == 0, let real = realpath(path, nil) {
                defer { free(real) }
                return String(cString: real)
            }
        }
        throw ConfinementTool.Failure(message: "'\(name)' is not beside the engines; install it there")
    }
}
