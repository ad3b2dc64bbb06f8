enum StubEngineKit {}
