package import Stepstream

extension OperationReader {
    /// The operation called `text`, if `caller` may know of it.
    ///
    /// - Throws: the same 404 for IDs that cannot be, operations that are not, and operations of others.
    package func operation(_ text: String?, of caller: Caller, withEvents: Bool = false) async throws -> Operation {
        guard let id = text.flatMap(OperationID.init), let operation = try await read(id, withEvents: withEvents), caller.owns(operation)
        else {
            throw RequestProblem.unknownOperation
        }
        return operation
    }
}
