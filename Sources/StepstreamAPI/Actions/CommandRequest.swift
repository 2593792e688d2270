package import Stepstream

/// What an operator wants done, read from a JSON object or from no body at all. Every fault is named at once.
package struct CommandRequest: Sendable {
    package let command: OperatorCommand
    package let note: OperatorNote

    /// Reads the body of the action `name`: `retry`, `skip` or `undo`.
    ///
    /// - Throws: 422 with every fault.
    package init(_ name: Name, body node: JSONNode?) throws(RequestProblem) {
        if let node, node.kind != .object {
            throw RequestProblem(.unprocessable, faults: [.init(pointer: "", detail: "An object or no body is expected.")])
        }
        let known = name == .skip ? ["by", "reason", "result"] : ["by", "reason"]
        var faults = (node?.members ?? []).filter { !known.contains($0.key) }.map { member in
            RequestProblem.Fault(
                pointer: "\(JSONPointer(tokens: [member.key]))",
                detail: "Unknown member. Known are \(known.joined(separator: ", "))."
            )
        }
        note = OperatorNote(
            by: Self.text("by", of: node, upTo: OperatorNote.byLimit, into: &faults),
            reason: Self.text("reason", of: node, upTo: OperatorNote.reasonLimit, into: &faults)
        )
        command =
            switch name {
            case .retry: .retry
            case .skip: .skip(result: node?.member("result")?.minified)
            case .undo: .undo
            }
        guard faults.isEmpty else { throw RequestProblem(.unprocessable, faults: faults) }
    }

    /// The commands as their paths name them.
    package enum Name: String, CaseIterable {
        case retry, skip, undo
    }

    private static func text(_ name: String, of node: JSONNode?, upTo limit: Int, into faults: inout [RequestProblem.Fault]) -> String? {
        guard let member = node?.member(name), !member.isNull else { return nil }
        guard let text = member.string, !text.isEmpty, text.unicodeScalars.count <= limit else {
            faults.append(.init(pointer: "/\(name)", detail: "Text of 1 to \(limit) characters is expected."))
            return nil
        }
        return text
    }
}
