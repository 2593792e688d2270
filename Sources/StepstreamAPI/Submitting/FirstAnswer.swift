import HTTPTypes
import Hummingbird
import NIOCore
import Stepstream

/// What the first request of an idempotency key was answered with, as it is kept and given again.
struct FirstAnswer {
    var status: HTTPResponse.Status
    var fields: [(HTTPField.Name, String)]
    var body: String

    /// The fields that are part of the answer; the others belong to the moment or the connection.
    private static let kept: [HTTPField.Name] = [
        .contentType, .cacheControl, .location, .operationLocation, .operationID, .eTag, .expires, .retryAfter, .preferenceApplied,
        .consistencyToken,
    ]

    /// The answer `response` with its body.
    init(_ response: Response, body: String) {
        status = response.status
        fields = Self.kept.compactMap { name in response.headers[name].map { (name, $0) } }
        self.body = body
    }

    /// Reads what `text` wrote; nil when it is something else.
    init?(_ text: String) {
        let node: JSONNode
        do {
            node = try JSONNode.parse(text, maximumDepth: 4)
        } catch {
            return nil
        }
        guard let code = node.member("status")?.int64, let body = node.member("body")?.string else { return nil }
        status = HTTPResponse.Status(code: Int(code))
        fields =
            node.member("headers")?.members.compactMap { member in
                guard let name = HTTPField.Name(member.key), let value = member.value.string else { return nil }
                return (name, value)
            } ?? []
        self.body = body
    }

    /// One line of JSON.
    var text: String {
        let headers = JSONText.object(fields.map { ($0.0.canonicalName, .string($0.1)) })
        return JSONText.object(["status": .integer(Int64(status.code)), "headers": .raw(headers), "body": .string(body)]).text
    }

    /// The ID of the operation that it is about.
    var operationID: String? { fields.first { $0.0 == .operationID }?.1 }

    /// The answer once more.
    var response: Response {
        var response = Response(status: status, body: ResponseBody(byteBuffer: ByteBuffer(string: body)))
        for (name, value) in fields { response.headers[name] = value }
        return response
    }
}
