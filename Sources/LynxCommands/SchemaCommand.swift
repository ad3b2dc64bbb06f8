import ArgumentParser
import LynxCLI
import LynxModel

struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "Print the JSON schema of batch files.",
        discussion: """
            Editors that know YAML complete and check batch files with it. For VS Code's YAML extension, put this first:
              # yaml-language-server: $schema=batch.schema.json

            EXAMPLES:
              lynxctl schema > batch.schema.json
            """)

    func run() throws { try JSONOutput.print(BatchSubmission.schema) }
}
