import Support

/// The path of an endpoint, written with its parameters in place: `"/jobs/\(.job)/artifacts/\(.filePath)"`.
package struct EndpointPath: ExpressibleByStringInterpolation, Sendable {
    package enum Part: Hashable, Sendable {
        case text(String)
        case parameter(EndpointParameter)
    }

    package let parts: [Part]

    package init(stringLiteral text: String) { parts = [.text(text)] }

    package init(stringInterpolation interpolation: StringInterpolation) { parts = interpolation.parts }

    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var parts: [Part] = []

        package init(literalCapacity: Int, interpolationCount: Int) {}

        package mutating func appendLiteral(_ text: String) {
            if !text.isEmpty { parts.append(.text(text)) }
        }

        package mutating func appendInterpolation(_ parameter: EndpointParameter) { parts.append(.parameter(parameter)) }
    }

    package var parameters: [EndpointParameter] {
        parts.compactMap { if case .parameter(let parameter) = $0 { parameter } else { nil } }
    }

    /// As OpenAPI writes it: `/batches/{batch}`.
    package var template: String { written { "{\($0.name)}" } }

    /// The path with other text for each parameter.
    package func written(_ text: (EndpointParameter) -> String) -> String {
        parts.reduce(into: "") { path, part in
            switch part {
            case .text(let literal): path += literal
            case .parameter(let parameter): path += text(parameter)
            }
        }
    }
}

/// Values for an endpoint's parameters; one that is nil is left out.
package typealias EndpointArguments = [EndpointParameter: (any LosslessStringConvertible & Sendable)?]

extension EndpointDescription {
    /// The path and query of one call.
    ///
    /// - Precondition: every argument is for a parameter of this endpoint, and none is missing that it needs.
    package func target(_ arguments: EndpointArguments = [:]) -> String {
        let texts = arguments.compactMapValues { $0?.description }
        for parameter in arguments.keys { precondition(parameters.contains(parameter), "\(call) takes no '\(parameter.name)'") }
        for parameter in parameters where parameter.isRequired {
            precondition(texts[parameter] != nil, "\(call) needs a '\(parameter.name)'")
        }
        let place = path.written { parameter in
            let text = texts[parameter] ?? ""
            guard parameter.place == .restOfPath else { return text.percentEncoded() }
            return text.unicodeScalars.split(separator: "/", omittingEmptySubsequences: false).map { String($0).percentEncoded() }
                .joined(separator: "/")
        }
        let query = parameters.filter { $0.place == .query }.compactMap { parameter in
            texts[parameter].map { "\(parameter.name)=\($0.percentEncoded())" }
        }
        return query.isEmpty ? place : "\(place)?\(query.joined(separator: "&"))"
    }

    /// The headers that carry arguments.
    package func headers(_ arguments: EndpointArguments) -> [(name: String, value: String)] {
        parameters.filter { $0.place == .header }.compactMap { parameter in
            arguments[parameter].flatMap { $0 }.map { (parameter.name, $0.description) }
        }
    }
}
