import HTTPTypes
import Hummingbird
import NIOCore
import Stepstream

/// A problem that is answered as `application/problem+json` (RFC 9457).
struct RequestProblem: Error {
    /// One fault of a request.
    struct Fault: Hashable {
        /// Where it is: a JSON pointer (RFC 6901) into the body, or the name of a header field or parameter.
        let pointer: String
        let detail: String
    }

    let kind: ProblemKind
    var detail: String?
    var faults: [Fault] = []
    var headers: [(HTTPField.Name, String)] = []

    init(_ kind: ProblemKind, _ detail: String? = nil, faults: [Fault] = []) {
        self.kind = kind
        self.detail = detail
        self.faults = faults
        if [.unavailable, .tooMany, .inProgress].contains(kind) { headers.append((.retryAfter, "1")) }
    }

    /// What a failure of the store means to a client: never Redis's own words.
    init(_ error: StoreError) {
        switch error.code {
        case .corrupt: self.init(.internalError)
        case .invalidArgument: self.init(.unprocessable, error.message)
        case .refused:
            self.init(.unavailable, "The store takes no writes for now. Nothing was accepted; send it again.")
        case .belowDurability: self.init(.unavailable, error.message)
        case .indeterminate:
            self.init(.unavailable, "Whether it was accepted is not known. Send it again with the same ID or key: it is done once.")
        default: self.init(.unavailable, "The store does not answer for now. Nothing was accepted; send it again.")
        }
    }

    /// The problem as JSON.
    ///
    /// - Parameters:
    ///   - base: what its type begins with.
    ///   - instance: the path it happened at.
    ///   - request: the ID under which the log tells more.
    /// - Returns: the object.
    func json(base: String, instance: String?, request: String?) -> JSONText {
        var members: [(String, JSONText.Fragment)] = [
            ("type", .string("\(base)/problems/\(kind.rawValue)")), ("title", .string(kind.title)),
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
    func response(base: String, instance: String, request: String) -> Response {
        var response = Response.problem(json(base: base, instance: instance, request: request), status: kind.status)
        for (name, value) in headers { response.headers[name] = value }
        return response
    }
}

extension Response {
    /// `json` as `application/json`.
    static func json(_ json: JSONText, status: HTTPResponse.Status = .ok) -> Response {
        .json(ByteBuffer(string: json.text), status: status)
    }

    /// `json` as `application/problem+json`.
    static func problem(_ json: JSONText, status: HTTPResponse.Status) -> Response {
        Response(
            status: status,
            headers: [.contentType: "application/problem+json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: json.text))
        )
    }
}
