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
        if let encoding = request.headers[.contentEncoding], encoding.lowercased() != "identity" {
            throw RequestProblem(.unsupportedMediaType, "Content-Encoding is not supported; send the body uncompressed.")
        }
        guard let text = request.headers[.contentType] else { return .json }
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
    /// - Throws: 413 when it is larger than `limit` bytes, before it is read where its length was told; 400 when it broke off.
    package func bytes(of request: Request, upTo limit: Int) async throws -> ByteBuffer {
        let length = request.headers[.contentLength].flatMap { Int($0) }
        if let length, length > limit { throw tooLarge(limit) }
        let buffer: ByteBuffer
        do {
            buffer = try await request.body.collect(upTo: limit)
        } catch is NIOTooManyBytesError {
            throw tooLarge(limit)
        }
        // A body may end early when the connection does; half of a batch must not pass for all of it.
        if let length, buffer.readableBytes != length { throw RequestProblem(.malformed, "The body ended early.") }
        return buffer
    }

    private func tooLarge(_ limit: Int) -> RequestProblem {
        RequestProblem(.tooLarge, "The body may be at most \(limit) bytes long.")
    }

    /// `bytes` as JSON.
    ///
    /// - Throws: 400 with the place of the fault.
    package func parse(_ bytes: some Collection<UInt8>) throws(RequestProblem) -> JSONNode {
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
