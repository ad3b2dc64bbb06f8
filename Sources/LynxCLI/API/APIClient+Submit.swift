import FoundationEssentials
package import LynxModel

extension APIClient {
    private static let mostTries = 5

    /// Submits a batch once, however often it takes: an answer that was lost is asked for again, and the key that goes
    /// with the submission keeps it from becoming a second batch.
    package func submit(_ submission: BatchSubmission) async throws -> BatchReceipt {
        let body = try WireJSON.encode(submission)
        let key = UUID().uuidString
        var pause = Duration.milliseconds(250)
        var mayHaveArrived = false
        for attempt in 1... {
            do {
                return try await call(.submit, [.idempotencyKey: key], json: body)
            } catch let error as CLIError where error.exitCode == ExitStatus.unavailable {
                // What never got there needs no second try: who is not there is told at once.
                mayHaveArrived = mayHaveArrived || error.mayHaveArrived
                guard mayHaveArrived, attempt < Self.mostTries else { throw error }
            }
            try await Task.sleep(for: pause)
            pause *= 2
        }
        preconditionFailure("the loop ends by returning or throwing")
    }
}
