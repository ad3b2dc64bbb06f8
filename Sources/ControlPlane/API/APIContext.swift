import Foundation
import Hummingbird
import LynxModel
import NIOCore

/// What comes with a request besides itself.
struct APIContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel
    /// Known once the route's access has been checked.
    var caller = Caller.nobody

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }
}

extension APIContext {
    /// The text at that place of the path.
    func id(_ parameter: EndpointParameter) throws -> String {
        let text = try parameters.require(parameter.name)
        return text.removingPercentEncoding ?? text
    }

    func has(_ parameter: EndpointParameter) -> Bool { parameters.get(parameter.name) != nil }

    /// What is at the end of the path. The router's own list of names has lost what tells `a//b` from `a/b`.
    var restOfPath: String {
        parameters.getCatchAll().map { $0.removingPercentEncoding ?? String($0) }.joined(separator: "/")
    }

    /// The template of the path that was called, such as `/batches/{batch}`; nil for a path that is not known.
    var template: String? { endpointPath.flatMap { $0.hasPrefix("/") ? $0 : nil } }
}
