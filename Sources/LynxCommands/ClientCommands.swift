package import ArgumentParser
import LynxCLI

/// The commands that need no more than a control plane's address.
package enum ClientCommands {
    /// Those that submit and follow studies, in the order of the help.
    package static let ofStudies: [any ParsableCommand.Type] = [
        SubmitCommand.self, WaitCommand.self, RetryCommand.self, ExtendCommand.self, CloseCommand.self, StatusCommand.self, ResultsCommand.self,
        EvaluateCommand.self, ReportCommand.self, CompareCommand.self, TelemetryCommand.self, JobsCommand.self, RunnersCommand.self,
        CancelCommand.self, LogsCommand.self,
    ]

    /// Those of `lynxctl artifacts`.
    package static let ofArtifacts: [any ParsableCommand.Type] = [ArtifactsListCommand.self, ArtifactsDownloadCommand.self]

    package static let collect: any ParsableCommand.Type = CollectCommand.self
    package static let new: any ParsableCommand.Type = NewCommand.self
    package static let check: any ParsableCommand.Type = CheckCommand.self
    package static let sample: any ParsableCommand.Type = SampleCommand.self
    package static let plan: any ParsableCommand.Type = PlanCommand.self
    package static let schema: any ParsableCommand.Type = SchemaCommand.self
}
