import LynxDocument
package import LynxModel
import Support

/// What is wrong with the bundle of a batch file, each problem with its place there: found before anything leaves this machine.
package struct BundleCheck {
    let batch: BatchSubmission
    let bundle: BundleSpec
    /// The batch file as it was read.
    let document: Document
    /// Whether the folder was given on the command line.
    let isFolderGiven: Bool

    private static let keys = ["config", "simulation", "bundle"]

    /// - Parameter batchFile: its path.
    package init?(_ batch: BatchSubmission, batchFile: String, isFolderGiven: Bool) {
        guard let bundle = batch.config.simulation.bundle else { return nil }
        self.batch = batch
        self.bundle = bundle
        self.isFolderGiven = isFolderGiven
        document = Document.yaml(file: batchFile)
    }

    /// - Throws: `CLIError` with a line for each problem.
    package func perform() throws(CLIError) {
        var folder: BundleFolder?
        var lines: [String] = []
        if let path = bundle.path {
            if FileStatus(path)?.isDirectory == true {
                do throws(CLIError) { folder = try BundleFolder(path) } catch { lines = error.lines }
            } else {
                let message = "there is no folder '\(path)'; \(Self.guess(path) ?? "give the one with the code of the simulation")"
                if isFolderGiven { lines = ["--bundle: \(message)"] } else { report(["path"], message) }
            }
        } else if bundle.sha256 == nil {
            report(["path"], "is missing; give the folder with the code, or --bundle DIR")
        }
        if let folder { check(folder) }
        checkBuildCommands()
        if batch.config.simulation.type == "command", let field = document.field(Self.keys) {
            CommandBundleCheck(field: field, bundle: bundle, folder: folder, config: batch.config, diagnostics: document.diagnostics).perform()
        }
        let found = (document.diagnostics.list?.lines ?? []) + lines + (folder?.secretProblems ?? [])
        guard !found.isEmpty else { return }
        var error = CLIError(found, exitCode: ExitStatus.badInput)
        error.hasPlaces = true
        throw error
    }

    private func check(_ folder: BundleFolder) {
        for problem in folder.problems(with: bundle) { document.report(problem) }
        guard let requirements = bundle.requirements, folder.has(requirements) else { return }
        let file = RequirementsFile(path: "\(folder.root)/\(requirements)", shown: requirements)
        for problem in file.problems(isThere: folder.has) { report(["requirements"], problem) }
    }

    private func checkBuildCommands() {
        for (index, command) in (bundle.build ?? []).enumerated() {
            guard let problem = ShellSyntax.problem(with: command) else { continue }
            report(["build", .index(index)], problem)
        }
    }

    private func report(_ steps: [FieldProblem.Step], _ message: String) {
        document.report(FieldProblem(Self.keys.map { FieldProblem.Step.key($0) } + steps, message))
    }

    /// The nearest folder beside one that is not there.
    private static func guess(_ path: String) -> String? {
        var parts = path.split(separator: "/", omittingEmptySubsequences: false).map { String($0) }
        while parts.count > 1, parts.last == "" { parts.removeLast() }
        let name = parts.removeLast(), parent = parts.isEmpty ? "." : parts.joined(separator: "/") + "/"
        let folders = Directory.visibleNames(in: parent).filter { FileStatus("\(parent)/\($0)")?.isDirectory == true }
        return Suggestion.closest(to: name, among: folders).map { "did you mean '\($0)'?" }
    }
}

/// What a shell says of a command without running it.
enum ShellSyntax {
    /// Nil for a command that the shell can parse.
    static func problem(with command: String) -> String? {
        let script = #"exec 2>&1; /bin/sh -n -c "$1" || exit 0"#
        guard let output = ProgramOutput.of("/bin/sh", ["-c", script, "sh", command], atMost: 64 << 10), !output.isEmpty else { return nil }
        let line = String(decoding: output, as: UTF8.self).split(separator: "\n").first.map { String($0) } ?? ""
        // Such as `sh: 1: Syntax error: Unterminated quoted string`.
        let reason = line.split(separator: ": ").drop { !$0.contains("rror") && !$0.contains("nexpected") }.joined(separator: ": ")
        return "\(Excerpt.quoted(command)) is no command that a shell can run: \(reason.isEmpty ? line : reason); mend it, or put it into a script of the bundle"
    }
}
