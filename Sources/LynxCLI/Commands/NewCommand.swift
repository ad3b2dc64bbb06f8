import ArgumentParser
import CStudyTemplates
import Glibc
import Support

struct NewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new", abstract: "Write a working study to begin with.",
        discussion: """
            The folder gets a study, the configuration of a runner for it, a simulation that stands in for yours, and run.sh, which \
            installs what they need and runs them.

            EXAMPLES:
              lynxctl new my-study --template command && my-study/run.sh
            """)

    @Argument(help: ArgumentHelp("The folder to write to; it is made if it is not there.", valueName: "dir"))
    var directory: String

    @Option(help: ArgumentHelp("What the study runs: \(StudyTemplate.names.joined(separator: ", ")).", valueName: "name"))
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
                let target = try OwnedDescriptor.open(path, O_WRONLY | O_CREAT | O_EXCL, mode: file.isExecutable ? 0o777 : 0o666)
                try target.write(file.content, to: path)
            }
        } catch {
            throw CLIError.badInput("\(error)")
        }
        for file in files { OutputStream.standard.line("\(directory)/\(file.name)") }
        OutputStream.standard.line("now: \(directory)/run.sh")
    }
}

/// The files that new studies begin with: the project's own examples.
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
                name: String(cString: file.name), content: [UInt8](UnsafeRawBufferPointer(start: file.text, count: file.size)),
                isExecutable: file.is_executable != 0)
        }
    }

    private static var rows: [lynx_study_file] {
        withUnsafeBytes(of: lynx_study_files) { Array($0.bindMemory(to: lynx_study_file.self)) }
    }
}
