import Foundation
import Hummingbird
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
    /// The id at that place of the path.
    func id(_ name: String) throws -> String {
        let text = try parameters.require(name)
        return text.removingPercentEncoding ?? text
    }
}
