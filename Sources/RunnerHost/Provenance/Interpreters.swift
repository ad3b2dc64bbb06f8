import FoundationEssentials
import Glibc
import LynxModel
import Support
import Synchronization

/// The Python interpreters that scenarios run with, and what is installed for them. An interpreter is asked once, and again when
/// its file or a folder that it imports from has changed.
final class Interpreters: Sendable {
    struct Answer: Sendable {
        var provenance: InterpreterProvenance
        /// The record of the installed distributions.
        var distributions: String
    }

    /// What decides what an interpreter finds.
    private struct Question: Hashable, Sendable {
        var path: String
        var variables: [String: String]
    }

    private struct Known: Sendable {
        /// Nil: it did not say.
        var answer: Answer?
        /// When they last changed, by path.
        var places: [String: CodeFiles.Identity?]
    }

    private let known = Mutex<[Question: Known]>([:])

    /// What is known without asking. Blocks on the disk.
    enum Lookup: Sendable {
        /// Nil: the settings name no interpreter, or it does not say what is installed.
        case known(Answer?)
        case mustAsk
    }

    /// The answer to the same question if nothing has changed since.
    func look(_ settings: [String: String]) -> Lookup {
        guard let question = Self.question(settings) else { return .known(nil) }
        guard let known = known.withLock({ $0[question] }), known.places.allSatisfy({ CodeFiles.place($0.key) == $0.value }) else { return .mustAsk }
        return .known(known.answer)
    }

    /// Starts the interpreter unless the answer is known. Blocks until it has ended.
    ///
    /// - Returns: nil if the settings name no interpreter, or it cannot say what is installed.
    func ask(_ settings: [String: String], _ code: CodeFiles) -> Answer? {
        if case .known(let answer) = look(settings) { return answer }
        guard let question = Self.question(settings) else { return nil }
        let environment = EnvironmentRecords.host.merging(question.variables) { $1 }
        let output = ProgramOutput.of(question.path, ["-c", Self.script], atMost: 8 << 20, environment: environment)
        guard let output, let told = try? WireJSON.decode(Told.self, from: Data(output)) else {
            known.withLock { $0[question] = Known(answer: nil, places: [question.path: CodeFiles.place(question.path)]) }
            return nil
        }
        let text = Set(told.distributions).sorted().map { "\($0)\n" }.joined()
        let answer = Answer(
            provenance: InterpreterProvenance(
                path: told.executable, version: told.version, sha256: code.digest(of: told.executable),
                distributions: SHA256.hash(Array(text.utf8)).hexadecimal),
            distributions: text)
        let places = [question.path, told.executable] + told.path
        let seen = Dictionary(places.map { ($0, CodeFiles.place($0)) }, uniquingKeysWith: { first, _ in first })
        known.withLock { $0[question] = Known(answer: answer, places: seen) }
        return answer
    }

    private struct Told: Decodable {
        var version: String
        /// Another than was started where that is a wrapper.
        var executable: String
        var path: [String]
        var distributions: [String]
    }

    /// Ends itself if a disk keeps it waiting.
    private static let script = """
        import signal; signal.alarm(20)
        import json, platform, sys
        from importlib import metadata
        sys.path[:] = [place for place in sys.path if place]
        found = []
        for item in metadata.distributions():
            name = item.metadata["Name"]
            if name:
                origin = item.read_text("direct_url.json")
                found.append(f"{name}=={item.version}" + (" " + " ".join(origin.split()) if origin else ""))
        print(json.dumps({
            "version": platform.python_implementation() + " " + platform.python_version(),
            "executable": sys.executable, "path": sys.path, "distributions": found}))
        """

    /// The interpreter that settings name: a word of the command, or else the one for Python scenarios.
    private static func question(_ settings: [String: String]) -> Question? {
        let command = SettingFiles.paths(settings)
        let word = command.sorted { $0.key < $1.key }.map(\.value).first(where: isPython)
        let isCommand = SettingFiles.haveCommand(settings)
        let named = isCommand ? nil : settings["python_executable"].flatMap { RunnerCondition.present($0, setting: "python_executable")?.path }
        guard let path = word ?? named else { return nil }
        return Question(path: path, variables: settings.variables)
    }

    private static func isPython(_ path: String) -> Bool {
        let name = path.split(separator: "/").last ?? ""
        return name.hasPrefix("python") && name.dropFirst("python".count).allSatisfy { $0.isNumber || $0 == "." }
    }
}
