import Glibc

/// Runs simulations by bubblewrap: without the network but for their telemetry endpoint, with their own directory as all that they
/// may write to, and with a `/tmp` of their own.
///
/// `lynx-sandbox` starts bubblewrap, and relays the endpoint's port into the sandbox's network.
struct Sandbox: Sendable {
    private let helper: String
    private let bubblewrap: String
    /// The folder with the runner's credentials and what it has not reported yet.
    private let state: String
    private let tool: ConfinementTool

    /// - Parameters:
    ///   - helper: the path of `lynx-sandbox`.
    ///   - state: the runner's state directory.
    /// - Throws: if there is no bubblewrap.
    init(helper: String, state: String, tool: ConfinementTool) throws(ConfinementTool.Failure) {
        guard access(helper, X_OK) == 0 else { throw ConfinementTool.Failure(message: "'\(helper)' is missing; install it beside the engines") }
        self.helper = helper
        bubblewrap = try ProgramPath.find("bwrap")
        self.state = state
        self.tool = tool
    }

    /// Runs a program in a sandbox, to see whether this machine can. Blocks.
    func check() throws(ConfinementTool.Failure) {
        let words = launcher(port: nil, mounts: []).filter { !$0.contains("{name}") }
        try tool.run(words.map { $0 == "{working_directory}" ? "/" : $0 } + ["/bin/true"])
    }

    /// The words before a command that run it in a sandbox.
    ///
    /// - Parameters:
    ///   - port: the telemetry endpoint's; nil: none.
    ///   - mounts: what is to be seen although it is below `/tmp` or the like, and what may be written to.
    func launcher(port: UInt16?, mounts: [ConfinementMount]) -> [String] {
        var words = [helper, port.map { "\($0)" } ?? "0", bubblewrap, "--die-with-parent", "--unshare-net", "--unshare-pid", "--unshare-ipc"]
        // Root could mount the file system anew, and write to it.
        words += ["--cap-drop", "ALL"]
        words += ["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"]
        // Sockets of services could be connected to although the file system is read-only.
        for folder in ["/tmp", "/var/tmp", "/run"] where access(folder, F_OK) == 0 { words += ["--tmpfs", folder] }
        var places = [(target: state, words: ["--tmpfs"])]
        for mount in [ConfinementMount(helper), ConfinementMount("\(state)/bundles")] + mounts.sorted(by: { !$0.isWritable && $1.isWritable }) {
            places.append((mount.target, [mount.isWritable ? "--bind" : "--ro-bind-try", mount.source]))
        }
        // Each covers what was there: a folder comes before what lies in it, and what may be written to is the last of its place.
        for (_, place) in places.enumerated().sorted(by: { ($0.element.target, $0.offset) < ($1.element.target, $1.offset) }) {
            words += place.words + [place.target]
        }
        return words + ["--setenv={name}={value}", "--chdir", "{working_directory}", "--"]
    }

    /// Whether a path is hidden by the folders that a sandbox has of its own.
    static func hides(_ path: String) -> Bool { ["/tmp/", "/var/tmp/", "/run/"].contains(where: path.hasPrefix) }
}
