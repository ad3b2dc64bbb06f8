import CWarmScripts
import EngineKit

/// The Python code that makes a process learn, vet or serve (`lynx_warm`), and its injection into a process.
struct WarmImage: Sendable {
    enum Mode: String { case learn, vet, serve }

    /// `boot.py` and the modules that it imports, each below a line with its name.
    let bytes = withUnsafeBytes(of: lynx_warm_scripts) { scripts in
        scripts.bindMemory(to: lynx_warm_script.self).reduce(into: [UInt8]()) { bytes, script in
            if !bytes.isEmpty { bytes += Array("\n#:: \(String(cString: script.name))\n".utf8) }
            bytes += UnsafeRawBufferPointer(start: script.text, count: script.size)
        }
    }
    private let library: String
    private let spawner: String

    /// - Throws: an error if the engine's installation is incomplete.
    init() throws(EngineError) {
        let names = ["libLynxWarm.so", "lynx-spawner"]
        let files = names.map { EngineFolder.file($0) }
        guard let library = files[0], let spawner = files[1] else {
            throw .invalid("\(names[files.firstIndex(of: nil)!]) is missing beside the engine, or other users may write to it")
        }
        self.library = library
        self.spawner = spawner
    }

    /// The variables to add to a process's environment; the process removes them itself.
    func environment(_ mode: Mode, of scenario: Scenario, boot: String, plan: String) -> [String: String] {
        let own = scenario.environment()
        let preloaded = own["LD_PRELOAD"].map { ":" + $0 } ?? ""
        var variables = [
            "LD_PRELOAD": library + preloaded, "LYNX_WARM_BOOT": boot, "LYNX_WARM_MODE": mode.rawValue, "LYNX_WARM_PLAN": plan,
            "LYNX_WARM_OWN": Scenario.ownVariables.joined(separator: ","),
        ]
        if mode == .serve {
            variables["LYNX_WARM_SPAWNER"] = spawner
        } else if own["PYTHONHASHSEED"] == nil {
            // Sets then have one order in the runs whose modules are compared.
            variables["PYTHONHASHSEED"] = "1"
            variables["LYNX_WARM_HASH_SEED"] = "1"
        }
        return variables
    }

    func parent(of scenario: Scenario, plan: String) -> WarmParent.Request {
        WarmParent.Request(
            program: scenario.python, arguments: [scenario.entrypoint],
            environment: scenario.environment().merging(environment(.serve, of: scenario, boot: "/proc/self/fd/4", plan: plan)) { $1 },
            workingDirectory: scenario.workingDirectory, script: bytes)
    }
}
