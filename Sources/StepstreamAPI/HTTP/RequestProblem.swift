package import HTTPTypes
package import Hummingbird
import NIOCore
package import Stepstream

/// A problem that is answered as `application/problem+json` (RFC 9457).
package struct RequestProblem: Error {
    /// One fault of a request.
    package struct Fault: Hashable {
        /// Where it is: a JSON pointer (RFC 6901) into the body, or the name of a header field or parameter.
        package let pointer: String
        package let detail: String
    }

    package let kind: ProblemKind
    package var detail: String?
    package var faults: [Fault] = []
    package var headers: [(HTTPField.Name, String)] = []

    package init(_ kind: ProblemKind, _ detail: String? = nil, faults: [Fault] = []) {
        self.kind = kind
        self.detail = detail
        self.faults = faults
        if [.unavailable, .tooMany, .inProgress].contains(kind) { headers.append((.retryAfter, "1")) }
    }

    /// What a failure of the store means to a client: never Redis's own words.
    package init(_ error: StoreError) {
        switch error.code {
        case .corrupt: self.init(.internalError)
        case .invalidArgument: self.init(.unprocessable, error.message)
        case .refused:
            self.init(.unavailable, "The store is not accepting writes. Nothing was accepted; send the request again.")
        case .belowDurability: self.init(.unavailable, error.message)
        case .indeterminate:
            self.init(.unavailable, "Whether it was accepted is unknown. Send it again with the same ID or key: it takes effect only once.")
        default: self.init(.unavailable, "The store is not answering. Nothing was accepted; send the request again.")
        }
    }

    /// The problem as JSON.
    ///
    /// - Parameters:
    ///   - base: what its type begins with.
    ///   - instance: the path it happened at.
    ///   - request: the ID under which the log has more.
    /// - Returns: the object.
    package func json(base: String, instance: String?, request: String?) -> JSONText {
        var members: [(String, JSONText.Fragment)] = [
            ("type", .string(base + ProblemType.path + kind.rawValue)), ("title", .string(kind.title)),
            ("status", .integer(Int64(kind.status.code))),
        ]
        if let detail { members.append(("detail", .string(detail))) }
        if let instance { members.append(("instance", .string(instance))) }
        if let request { members.append(("request", .string(request))) }
        if !faults.isEmpty {
            let list = faults.map { JSONText.Fragment.raw(.object(["detail": .string($0.detail), "pointer": .string($0.pointer)])) }
            members.append(("errors", .raw(.array(list))))
        }
        return .object(members)
    }

    /// The problem as an answer.
    package func response(base: String, instance: String, request: String) -> Response {
        var response = Response.problem(json(base: base, instance: instance, request: request), status: kind.status)
        for (name, value) in headers { response.headers[name] = value }
        return response
    }
}

extension Response {
    /// `json` as `application/json`.
    package static func json(_ json: JSONText, status: HTTPResponse.Status = .ok) -> Response {
        .json(ByteBuffer(string: json.text), status: status)
    }

    /// `json` as `application/problem+json`.
    package static func problem(_ json: JSONText, status: HTTPResponse.Status) -> Response {
        Response(
            status: status,
            headers: [.contentType: "application/problem+json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: json.text))
        )
    }
}
