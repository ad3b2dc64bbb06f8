import Hummingbird
import LynxModel
import NIOCore

extension API {
    /// For Prometheus: what the caller's tenant has in the ledger, and what this process did.
    @Sendable func metrics(_ request: Request, _ context: APIContext) async throws -> Response {
        let tenant = context.caller.tenant
        let totals = try await ledger.totals(tenant: tenant)
        let runners = try await ledger.runners(tenant: tenant)
        var text = MetricsText()
        text.gauge(
            "lynx_jobs", help: "Jobs of the caller's tenant, by state.", label: "status",
            JobStatus.allCases.map { ($0.rawValue, totals.jobs[$0]) })
        text.gauge(
            "lynx_batches", help: "Batches of the caller's tenant, by state.", label: "status",
            BatchStatus.allCases.map { ($0.rawValue, totals.batches[$0] ?? 0) })
        text.gauge(
            "lynx_runners", help: "Runners of the caller's tenant, by state.", label: "status",
            RunnerStatus.allCases.map { status in (status.rawValue, runners.count { $0.status == status }) })
        ledger.metrics.write(to: &text)
        if let commits = ledger.driver.commitCounts {
            for (name, help, value) in [
                ("lynx_ledger_writes_total", "Transactions that were asked for.", commits.writes),
                ("lynx_ledger_commit_groups_total", "Flushes to disk; each takes the transactions that have come in the meantime.", commits.groups),
            ] {
                text.begin(MetricFamily(name: name, help: help, kind: .counter))
                text.sample(name, [], Double(value))
            }
        }
        text.begin(MetricFamily(name: "lynx_build_info", help: "Versions of this control plane.", kind: .gauge))
        text.sample("lynx_build_info", [("protocol", RunnerProtocol.version), ("version", LynxVersion.current)], 1)
        return Response(
            status: .ok, headers: [.contentType: MetricsText.mediaType], body: .init(byteBuffer: ByteBuffer(string: text.text)))
    }
}
