package import LynxModel

extension APIClient {
    package enum Found {
        case batch(BatchOverview)
        case job(Job)
    }

    /// What an id names: people paste either.
    package func find(_ id: String) async throws -> Found {
        do {
            return .batch(try await overview(of: id))
        } catch let error as CLIError where error.exitCode == ExitStatus.badInput {
            do {
                return .job(try await job(id))
            } catch let error as CLIError where error.exitCode == ExitStatus.badInput {
                throw CLIError.badInput("there is no batch and no job '\(id)' at \(baseURL); 'lynxctl status' lists the batches")
            }
        }
    }
}
