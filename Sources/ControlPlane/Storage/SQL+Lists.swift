extension SQL {
    /// Values: tenant, status, name, the created_at and batch_id of the last one seen (each as far as asked for), the limit.
    static func batches(status: Bool, name: Bool, after: Bool) -> String {
        var conditions = ["tenant = ?"]
        if status { conditions.append("status = ?") }
        if name { conditions.append("name = ?") }
        if after { conditions.append("(created_at, batch_id) < (?, ?)") }
        let filter = conditions.joined(separator: " AND ")
        return "SELECT \(batchColumns) FROM batches WHERE \(filter) ORDER BY created_at DESC, batch_id DESC LIMIT ?"
    }

    /// The jobs that are out with a tenant's runners. Values: tenant.
    static let currentJobs = """
        SELECT jobs.assigned_runner AS assigned_runner, jobs.batch_id AS batch_id, jobs.run_index AS run_index
        FROM jobs JOIN runners ON runners.runner_id = jobs.assigned_runner
        WHERE jobs.lease_expires_at IS NOT NULL AND runners.tenant = ? ORDER BY jobs.batch_id, jobs.run_index
        """

    /// Values: tenant, the limit.
    static let runners = "SELECT * FROM runners WHERE tenant = ? ORDER BY name, runner_id LIMIT ?"

    /// Values: tenant, the name and runner_id of the last one seen, the limit.
    static let runnersAfter = "SELECT * FROM runners WHERE tenant = ? AND (name, runner_id) > (?, ?) ORDER BY name, runner_id LIMIT ?"
}
