enum StubEventLoop {}
