enum StubTelemetryServer {}
