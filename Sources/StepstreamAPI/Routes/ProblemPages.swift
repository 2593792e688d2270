import HTTPTypes
import Hummingbird
import NIOCore
import Stepstream

/// `/problems/{name}`: a page for each type of problem, so that the URI in `type` leads somewhere.
struct ProblemPages: Sendable {
    private let pages: [String: String]

    init() {
        var pages: [String: String] = [:]
        for kind in ProblemKind.allCases {
            pages[kind.rawValue] = Self.page(kind.rawValue, title: kind.title, words: "Status \(kind.status.code). \(kind.advice)")
        }
        for type in ProblemType.allCases { pages[type.rawValue] = Self.page(type.rawValue, title: type.title, words: type.advice) }
        self.pages = pages
    }

    func add(to endpoints: inout Endpoints) {
        endpoints.on(.get, at: "/problems/{name}", produces: .html) { _, context in
            guard let page = context.parameters.get("name").flatMap({ pages[$0] }) else {
                throw RequestProblem(.notFound, "There is no problem type with this name.")
            }
            return Response(
                status: .ok,
                headers: [
                    .contentType: "text/html; charset=utf-8", .contentSecurityPolicy: "default-src 'none'",
                    .xContentTypeOptions: "nosniff",
                ],
                body: ResponseBody(byteBuffer: ByteBuffer(string: page))
            )
        }
    }

    private static func page(_ name: String, title: String, words: String) -> String {
        """
        <!doctype html><html lang="en"><meta charset="utf-8"><title>\(title)</title>
        <h1>\(title)</h1><p>\(words)</p><p>Problem type <code>\(name)</code> of Stepstream.</p></html>

        """
    }
}
