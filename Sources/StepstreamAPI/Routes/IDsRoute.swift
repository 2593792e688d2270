import Hummingbird
import Stepstream

/// `POST /v1/ids`: new operation IDs, time-ordered.
struct IDsRoute: Sendable {
    private let bodies: BodyReader

    init(_ parts: APIParts) {
        bodies = parts.bodies
    }

    func add(to endpoints: inout Endpoints) {
        endpoints.on(.post, at: "/v1/ids") { request, _ in try await ids(request) }
    }

    private func ids(_ request: Request) async throws -> Response {
        let buffer = try await bodies.bytes(of: request, upTo: 1024)
        var count = 1
        if buffer.readableBytes > 0 {
            _ = try bodies.kind(of: request, among: .json)
            count = try self.count(in: try bodies.parse(buffer))
        }
        let ids = (0..<count).map { _ in JSONText.Fragment.string(OperationID.fresh().text) }
        return .json(.object(["ids": .raw(.array(ids))]))
    }

    private func count(in node: JSONNode) throws(RequestProblem) -> Int {
        guard node.kind == .object else {
            throw RequestProblem(.unprocessable, faults: [.init(pointer: "", detail: "An object with \"count\" is expected, or no body.")])
        }
        var faults = node.members.filter { $0.key != "count" }.map {
            RequestProblem.Fault(pointer: "\(JSONPointer(tokens: [$0.key]))", detail: "Unknown member. Known is count.")
        }
        let member = node.member("count")
        let count = member.map { $0.int64 } ?? 1
        guard let count, (1...1000).contains(count) else {
            faults.append(.init(pointer: "/count", detail: "A number from 1 to 1000 is expected."))
            throw RequestProblem(.unprocessable, faults: faults)
        }
        guard faults.isEmpty else { throw RequestProblem(.unprocessable, faults: faults) }
        return Int(count)
    }
}
