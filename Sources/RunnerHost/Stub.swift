enum StubRunnerHost {}
