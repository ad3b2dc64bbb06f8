import ArgumentParser
import CStudyTemplates
import Glibc
import LynxCLI
import Support

struct NewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new", abstract: "Write a working study, or a working engine, to begin with.",
        discussion: """
            The folder gets a study, the configuration of a runner for it, a simulation that stands in for yours, and run.sh, which \
            installs what they need and runs them. For an engine it also gets the engine's source, its build file and the headers \
            of the engine ABI.

            EXAMPLES:
              lynxctl new my-study --template command && my-study/run.sh
              lynxctl new my-engine --template engine-c && make -C my-engine check
            """)

    @Argument(help: ArgumentHelp("The folder to write to; it is made if it is not there.", valueName: "dir"))
    var directory: String

    @Option(help: ArgumentHelp("What the study runs, or the language of the engine: \(StudyTemplate.names.joined(separator: ", ")).", valueName: "name"))
    var template: String

    func validate() throws {
        guard StudyTemplate.names.contains(template) else {
            throw ValidationError("--template is '\(template)'; there are \(StudyTemplate.names.joined(separator: ", "))")
        }
    }

    func run() throws {
        let files = StudyTemplate.files(of: template)
        for file in files where access("\(directory)/\(file.name)", F_OK) == 0 {
            throw CLIError.badInput("\(directory)/\(file.name) is there already; give a folder without it")
        }
        do throws(FileError) {
            try Directory.make(directory, mode: 0o777)
            for file in files {
                let path = "\(directory)/\(file.name)"
                if let slash = file.name.utf8.lastIndex(of: UInt8(ascii: "/")) { try Directory.make("\(directory)/\(file.name[..<slash])", mode: 0o777) }
                let target = try OwnedDescriptor.open(path, O_WRONLY | O_CREAT | O_EXCL, mode: file.isExecutable ? 0o777 : 0o666)
                try target.write(file.content, to: path)
            }
        } catch {
            throw CLIError.badInput("\(error)")
        }
        for file in files { OutputStream.standard.line("\(directory)/\(file.name)") }
        OutputStream.standard.line(files.contains { $0.name == "run.sh" } ? "now: \(directory)/run.sh" : "now: make -C \(directory) check")
    }
}

/// The files that new studies and engines begin with: the project's own examples.
private enum StudyTemplate {
    struct File {
        var name: String
        var content: [UInt8]
        var isExecutable: Bool
    }

    static let names: [String] = {
        var names: [String] = []
        for file in rows where names.last != String(cString: file.study) { names.append(String(cString: file.study)) }
        return names
    }()

    static func files(of study: String) -> [File] {
        rows.filter { String(cString: $0.study) == study }.map { file in
            File(
                name: String(cString: file.name), content: fill([UInt8](UnsafeRawBufferPointer(start: file.text, count: file.size))),
                isExecutable: file.is_executable != 0)
        }
    }

    /// Puts the places of this build into a file that names them.
    private static func fill(_ content: [UInt8]) -> [UInt8] {
        guard content.contains(UInt8(ascii: "@")), let text = String(validating: content, as: UTF8.self) else { return content }
        return Array(text.replacing("@LYNX_BIN@", with: ownFolder).replacing("@LYNX_CHECKOUT@", with: checkout).utf8)
    }

    /// The folder of this program, where runner-host is too.
    private static var ownFolder: String {
        guard let path = realpath("/proc/self/exe", nil) else { return "." }
        defer { free(path) }
        return folder(of: String(cString: path))
    }

    /// The checkout of the sources that this program was built in, or what is to be replaced by the path of one.
    private static var checkout: String {
        var place = ownFolder
        while !place.isEmpty {
            if access("\(place)/Sources/EngineKit", F_OK) == 0, access("\(place)/Package.swift", F_OK) == 0 { return place }
            place = folder(of: place)
        }
        return "/path/to/lynx-runner"
    }

    private static func folder(of path: String) -> String { path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[..<$0]) } ?? "" }

    private static var rows: [lynx_study_file] {
        withUnsafeBytes(of: lynx_study_files) { Array($0.bindMemory(to: lynx_study_file.self)) }
    }
}
