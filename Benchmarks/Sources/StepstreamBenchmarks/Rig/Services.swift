/// Returns what `body` returns, and ends the services that ran beside it.
///
/// - Parameters:
///   - services: what runs until it is canceled.
///   - body: what is measured.
/// - Returns: what `body` returned.
/// - Throws: what `body` threw, or a service: one that ends before `body` would be waited for in vain.
func beside<Result: Sendable>(
    _ services: [@Sendable () async throws -> Void],
    _ body: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    try await withThrowingTaskGroup(of: Result?.self) { group in
        for service in services {
            group.addTask {
                try await service()
                return nil
            }
        }
        group.addTask { try await body() }
        defer { group.cancelAll() }
        guard let first = try await group.next(), let result = first else {
            throw Wrong("A worker or a connection ended before the measurement did.")
        }
        return result
    }
}
