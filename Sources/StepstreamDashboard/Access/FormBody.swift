import Hummingbird
import NIOCore
import Stepstream
import StepstreamAPI

/// The fields of a form (`application/x-www-form-urlencoded`, WHATWG URL §5.1).
struct FormBody: Sendable {
    private let fields: [(name: String, value: String)]

    /// Reads the body of `request`.
    ///
    /// - Throws: 415 when it is not a form, 413 when it is larger than `limit` bytes.
    init(_ request: Request, bodies: BodyReader, upTo limit: Int) async throws {
        let type = request.headers[.contentType]?.split(separator: ";").first?.trimmed.lowercased()
        guard type == "application/x-www-form-urlencoded" else {
            throw RequestProblem(.unsupportedMediaType, "A form (application/x-www-form-urlencoded) is expected.")
        }
        let bytes = try await bodies.bytes(of: request, upTo: limit)
        self.init(Array(bytes.readableBytesView))
    }

    init(_ bytes: [UInt8]) {
        fields = bytes.split(separator: UInt8(ascii: "&")).map { pair in
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            return (Self.decoded(parts[0]), parts.count > 1 ? Self.decoded(parts[1]) : "")
        }
    }

    /// What was filled in; nil when nothing was.
    subscript(_ name: String) -> String? {
        fields.first { $0.name == name }.flatMap { $0.value.isEmpty ? nil : $0.value }
    }

    /// Every value of a field that may be there more than once.
    func values(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }

    private static func decoded(_ bytes: ArraySlice<UInt8>) -> String {
        let spaced = bytes.lazy.map { $0 == UInt8(ascii: "+") ? UInt8(ascii: " ") : $0 }
        return String(decoding: PercentDecoded(spaced).bytes, as: UTF8.self)
    }
}
