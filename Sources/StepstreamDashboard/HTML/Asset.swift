import Crypto
import HTTPTypes
import Hummingbird
import NIOCore
import Stepstream
import StepstreamAPI

/// A file that pages are made with, part of the program.
struct Asset: Sendable {
    let name: String
    let type: String
    private let bytes: ByteBuffer
    private let digest: String

    static let style = Asset("style.css", type: "text/css; charset=utf-8", content: PackageResources.style_css)
    static let script = Asset("dashboard.js", type: "text/javascript; charset=utf-8", content: PackageResources.dashboard_js)
    static let all = [style, script]

    private init(_ name: String, type: String, content: [UInt8]) {
        self.name = name
        self.type = type
        bytes = ByteBuffer(bytes: content)
        digest = SHA256.hash(data: content).withUnsafeBytes { Hexadecimal.text($0, first: 8) }
    }

    /// Its address; another content has another one.
    var link: Link { .asset(name, version: digest) }

    func response(to request: Request) -> Response {
        var headers: HTTPFields = [
            .contentType: type, .eTag: "\"\(digest)\"", .cacheControl: "no-cache", .xContentTypeOptions: "nosniff",
        ]
        let known = request.headers[.ifNoneMatch]?.split(separator: ",").map(\.trimmed) ?? []
        if known.contains("\"\(digest)\"") { return Response(status: .notModified, headers: headers) }
        headers[.contentLength] = String(bytes.readableBytes)
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: bytes))
    }
}
