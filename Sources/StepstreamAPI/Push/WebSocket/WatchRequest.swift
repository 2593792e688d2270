import Stepstream

/// What a client asks for in one message: `{"watch": ["id", …], "after": {"id": n}}`, `{"unwatch": ["id", …]}`, or both.
struct WatchRequest: Sendable {
    let watch: [String]
    let unwatch: [String]
    /// The number of the last event that the client knows, by operation.
    let after: [String: Int]

    /// The most IDs a list may have.
    static let most = 100

    /// Reads a message.
    ///
    /// - Throws: 400 for what is not JSON, 422 with every fault.
    init(_ text: String) throws(RequestProblem) {
        let node: JSONNode
        do {
            node = try JSONNode.parse(text, maximumDepth: 4)
        } catch {
            throw RequestProblem(.malformed, "\(error)")
        }
        guard node.kind == .object, node.count > 0 else {
            throw RequestProblem(.unprocessable, faults: [.init(pointer: "", detail: #"An object with "watch" or "unwatch" is expected."#)])
        }
        let known = ["watch", "unwatch", "after"]
        var faults = node.members.filter { !known.contains($0.key) }.map { member in
            RequestProblem.Fault(
                pointer: "\(JSONPointer(tokens: [member.key]))",
                detail: "Unknown member. Known are \(known.joined(separator: ", "))."
            )
        }
        watch = Self.ids("watch", of: node, into: &faults)
        unwatch = Self.ids("unwatch", of: node, into: &faults)
        after = Self.positions(of: node, among: watch, into: &faults)
        guard faults.isEmpty else { throw RequestProblem(.unprocessable, faults: faults) }
    }

    private static func ids(_ name: String, of node: JSONNode, into faults: inout [RequestProblem.Fault]) -> [String] {
        guard let member = node.member(name) else { return [] }
        let ids = member.elements.compactMap(\.string)
        if !(1...most).contains(ids.count) || ids.count != member.count || Set(ids).count != ids.count {
            faults.append(.init(pointer: "/\(name)", detail: "A list of 1 to \(most) different IDs is expected."))
        }
        return ids
    }

    private static func positions(
        of node: JSONNode,
        among watched: [String],
        into faults: inout [RequestProblem.Fault]
    ) -> [String: Int] {
        guard let member = node.member("after") else { return [:] }
        if member.kind != .object { faults.append(.init(pointer: "/after", detail: "An object is expected: a number for each ID.")) }
        var positions: [String: Int] = [:]
        for (id, value) in member.members.map({ ($0.key, $0.value) }) {
            guard watched.contains(id), let number = value.int64, number >= 0, number <= Int64(Int32.max) else {
                let words = "The number of the last event known is expected, for an ID that is in \"watch\"."
                faults.append(.init(pointer: "\(JSONPointer(tokens: ["after", id]))", detail: words))
                continue
            }
            positions[id] = Int(number)
        }
        return positions
    }
}
