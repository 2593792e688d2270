package import Stepstream

extension JSONNode {
    /// The text of a member.
    package subscript(_ name: String) -> String? { member(name)?.string }

    /// The step called `name` of an operation.
    package func step(_ name: String) throws -> JSONNode {
        guard let step = member("steps")?.elements.first(where: { $0["name"] == name }) else {
            throw Unexpected(what: "there is no step \(name)")
        }
        return step
    }
}
