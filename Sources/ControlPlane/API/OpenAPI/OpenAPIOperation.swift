import LynxDocument
import LynxModel

/// What endpoints have in common, shown once.
struct OpenAPIComponents {
    var parameters: [String: JSONValue] = [:]
    var responses: [String: JSONValue] = [:]

    fileprivate mutating func reference(_ parameter: EndpointParameter) -> JSONValue {
        guard let name = parameter.component else { return parameter.json }
        parameters[name] = parameter.json
        return ["$ref": "#/components/parameters/\(name)"]
    }

    fileprivate mutating func reference(_ answer: EndpointAnswer) -> JSONValue {
        guard let name = answer.component else { return answer.json }
        responses[name] = answer.json
        return ["$ref": "#/components/responses/\(name)"]
    }
}

extension EndpointDescription {
    /// The endpoint as an operation of OpenAPI.
    func operation(_ components: inout OpenAPIComponents) -> JSONValue {
        var operation: JSONValue = ["operationId": .string(id), "tags": [.string(tag.rawValue)], "summary": .string(summary)]
        operation.set("description", remarks.map { .string($0) })
        if access == .open { operation["security"] = [[:]] }
        if !parameters.isEmpty { operation["parameters"] = .array(parameters.map { components.reference($0) }) }
        if let body { operation["requestBody"] = ["required": true, "content": body.json(example: bodyExample)] }
        var responses: [String: JSONValue] = [:]
        for answer in answers + EndpointAnswer.ofAnyCall + (body == nil ? [] : EndpointAnswer.ofAnyCallWithBody)
        where responses["\(answer.status)"] == nil {
            responses["\(answer.status)"] = components.reference(answer)
        }
        operation["responses"] = .object(responses)
        return operation
    }
}

extension EndpointParameter {
    fileprivate var json: JSONValue {
        let place =
            switch self.place {
            case .path, .restOfPath: "path"
            case .query: "query"
            case .header: "header"
            }
        var json: JSONValue = [
            "name": .string(name), "in": .string(place), "description": .string(remarks), "schema": kind.schema,
        ]
        json.set("required", isRequired ? true : nil)
        json.set("example", example.map { .string($0) })
        return json
    }
}

extension EndpointAnswer {
    fileprivate var json: JSONValue {
        var json: JSONValue = ["description": .string(remarks)]
        json.set("headers", headers)
        json.set("content", content?.json(example: example))
        json.set("links", links)
        return json
    }
}

extension EndpointContent {
    fileprivate func json(example: JSONValue?) -> JSONValue {
        var json: JSONValue = [:]
        json.set("schema", schema)
        json.set("example", example)
        var contents = [mediaType: json]
        for alternative in alternatives { contents.merge(alternative.json(example: nil).object) { first, _ in first } }
        return .object(contents)
    }
}

extension JSONValue {
    fileprivate mutating func set(_ key: String, _ value: JSONValue?) {
        if let value { self[key] = value }
    }
}
