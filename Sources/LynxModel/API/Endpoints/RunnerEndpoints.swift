/// Runners as users see them.
extension Endpoint {
    package static var runners: Endpoint<Void, RunnerList> {
        .init(
            .get, "/runners", .scope(.read), .runners, "The runners, by name.", parameters: [.runnerStatus, .limit, .cursor],
            answers: [.ok("A part of the list.")])
    }

    package static var runner: Endpoint<Void, Runner> {
        .init(.get, "/runners/\(.runner)", .scope(.read), .runners, "One runner.", answers: [.ok("The runner."), .notFound])
    }

    package static var drainRunner: Endpoint<Void, Runner> {
        .init(
            .post, "/runners/\(.runner)/drain", .scope(.admin), .runners, "Give a runner no more jobs.",
            remarks: "What it runs may end. It is in Maintenance until it is resumed.", answers: [.ok("The runner."), .notFound])
    }

    package static var resumeRunner: Endpoint<Void, Runner> {
        .init(
            .post, "/runners/\(.runner)/resume", .scope(.admin), .runners, "Give a runner jobs again.",
            answers: [.ok("The runner."), .notFound])
    }
}

extension EndpointParameter {
    package static let runnerStatus = EndpointParameter(
        .query, "status", .choice(of: RunnerStatus.self, isComponent: true), "Only runners in this state.")
}
