enum StubControlPlane {}
