package import Stepstream

/// Which deliveries of a span of time are to be replayed.
package struct ReplayRequest: Sendable {
    package let endpoint: String
    package let from: Milliseconds
    package let to: Milliseconds
    package let states: Set<Delivery.State>
    package var pageToken: String?

    private static let members = ["endpoint", "from", "to", "states", "pageToken"]

    /// Reads `node`.
    ///
    /// - Throws: 422 with every fault.
    package init(_ node: JSONNode) throws(RequestProblem) {
        guard node.kind == .object else {
            let words = "An object with \"endpoint\", \"from\" and \"to\" is expected."
            throw RequestProblem(.unprocessable, faults: [.init(pointer: "", detail: words)])
        }
        var faults = node.members.filter { !Self.members.contains($0.key) }.map {
            RequestProblem.Fault(
                pointer: "\(JSONPointer(tokens: [$0.key]))",
                detail: "Unknown member. Known are \(Self.members.joined(separator: ", "))."
            )
        }
        endpoint = node.member("endpoint")?.string ?? ""
        if endpoint.isEmpty {
            faults.append(.init(pointer: "/endpoint", detail: "A receiver's name is expected, as in the ledger."))
        }
        from = Self.time("from", of: node, into: &faults)
        to = Self.time("to", of: node, into: &faults)
        states = Self.states(of: node, into: &faults)
        let token = node.member("pageToken")
        pageToken = token?.string
        if let token, token.string == nil {
            faults.append(.init(pointer: "/pageToken", detail: "The nextPageToken of the answer before is expected."))
        }
        guard faults.isEmpty else { throw RequestProblem(.unprocessable, faults: faults) }
    }

    /// Whether `delivery` is one of them.
    package func covers(_ delivery: Delivery) -> Bool {
        delivery.endpoint == endpoint && states.contains(delivery.state) && (from...max(from, to)).contains(delivery.event.time)
    }

    private static func time(_ name: String, of node: JSONNode, into faults: inout [RequestProblem.Fault]) -> Milliseconds {
        if let time = node.member(name)?.string.flatMap(Timestamp.parse) { return time }
        faults.append(.init(pointer: "/\(name)", detail: "A time is expected, as 2026-01-02T03:04:05Z (RFC 3339)."))
        return 0
    }

    private static func states(of node: JSONNode, into faults: inout [RequestProblem.Fault]) -> Set<Delivery.State> {
        let replayable: [Delivery.State] = [.delivered, .exhausted, .disabled]
        guard let member = node.member("states") else { return [.exhausted, .disabled] }
        let states = member.elements.compactMap { $0.string.flatMap(Delivery.State.init(rawValue:)) }
        if states.isEmpty || states.count != member.elements.count || !Set(states).isSubset(of: replayable) {
            let words = "A list of these is expected: \(replayable.map(\.rawValue).joined(separator: ", "))."
            faults.append(.init(pointer: "/states", detail: words))
        }
        return Set(states)
    }
}
