import HTTPTypes
package import Hummingbird
package import NIOCore
package import Stepstream

/// Reads the bodies of requests: their type, their size, their JSON.
package struct BodyReader: Sendable {
    package let depth: Int

    /// What a body says it is.
    package enum Kind {
        case json, lines
    }

    /// The kind of the body of `request`; JSON when it does not say.
    ///
    /// - Throws: 415 for other types, encodings and character sets than `kinds`, UTF-8 and none.
    package func kind(of request: Request, among kinds: Kind...) throws(RequestProblem) -> Kind {
        try kind(of: RequestFields(request.headers), among: kinds)
    }

    /// The same, by its fields.
    func kind(of fields: RequestFields, among kinds: [Kind]) throws(RequestProblem) -> Kind {
        if let encoding = fields.contentEncoding, encoding.lowercased() != "identity" {
            throw RequestProblem(.unsupportedMediaType, "Content-Encoding is not supported; send the body uncompressed.")
        }
        guard let text = fields.contentType else { return .json }
        // As nearly everybody says it.
        if text == "application/json", kinds.contains(.json) { return .json }
        let parts = text.split(separator: ";").map(\.trimmed)
        let type = parts.first?.lowercased() ?? ""
        let charset = parts.dropFirst().first { $0.lowercased().hasPrefix("charset=") }?.dropFirst(8).filter { $0 != "\"" }.lowercased()
        if charset.map({ $0 == "utf-8" || $0 == "utf8" || $0 == "us-ascii" }) ?? true {
            if kinds.contains(.json), type == "application/json" || (type.hasPrefix("application/") && type.hasSuffix("+json")) {
                return .json
            }
            if kinds.contains(.lines), type == "application/x-ndjson" || type == "application/jsonl" || type == "application/json-seq" {
                guard type != "application/json-seq" else { throw unsupported(kinds) }
                return .lines
            }
        }
        throw unsupported(kinds)
    }

    private func unsupported(_ kinds: [Kind]) -> RequestProblem {
        let names = kinds.map { $0 == .json ? "application/json" : "application/x-ndjson" }
        return RequestProblem(.unsupportedMediaType, "Send \(names.joined(separator: " or ")), in UTF-8.")
    }

    /// The whole body.
    ///
    /// - Throws: 413 when it is larger than `limit` bytes, before it is read if its length is declared; 400 when it broke off.
    package func bytes(of request: Request, upTo limit: Int) async throws -> ByteBuffer {
        try await bytes(of: request, fields: RequestFields(request.headers), upTo: limit)
    }

    /// The same, with its fields.
    func bytes(of request: Request, fields: RequestFields, upTo limit: Int) async throws -> ByteBuffer {
        let length = fields.contentLength.flatMap { Int($0) }
        if let length, length > limit { throw tooLarge(limit) }
        var parts = request.body.makeAsyncIterator()
        var bytes = try await parts.next() ?? ByteBuffer()
        // Mostly it has come in one piece. Its end, which says nothing more, is then passed over by the server as that of a body
        // nobody reads.
        if bytes.readableBytes == length { return bytes }
        while bytes.readableBytes <= limit, var part = try await parts.next() { bytes.writeBuffer(&part) }
        if bytes.readableBytes > limit { throw tooLarge(limit) }
        // A body may end early when the connection does; half of a batch must not pass for all of it.
        if let length, bytes.readableBytes != length { throw RequestProblem(.malformed, "The body ended early.") }
        return bytes
    }

    private func tooLarge(_ limit: Int) -> RequestProblem {
        RequestProblem(.tooLarge, "The body may be at most \(limit) bytes long.")
    }

    /// `bytes` as JSON.
    ///
    /// - Throws: 400 with the place of the fault.
    package func parse(_ bytes: ByteBuffer) throws(RequestProblem) -> JSONNode {
        try parse(bytes.withUnsafeReadableBytes { Array($0) })
    }

    /// The same.
    package func parse(_ bytes: [UInt8]) throws(RequestProblem) -> JSONNode {
        do {
            return try JSONNode.parse(bytes, maximumDepth: depth)
        } catch {
            throw RequestProblem(
                .malformed,
                "The body is not valid JSON: line \(error.line), column \(error.column): \(error.words)",
                faults: [.init(pointer: "\(error.pointer)", detail: error.words)]
            )
        }
    }
}
