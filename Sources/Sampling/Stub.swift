enum StubSampling {}
