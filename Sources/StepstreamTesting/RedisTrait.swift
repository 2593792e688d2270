public import Testing

/// Gives each test a namespace of its own on the shared redis-server.
///
///     @Suite(.redis) struct ClaimTests {
///         @Test("A message is claimed once") func claimedOnce() async throws {
///             let fixture = try #require(RedisFixture.current)
///             // fixture.url, fixture.namespace
///         }
///     }
public struct RedisTrait: SuiteTrait, TestTrait, TestScoping {
    /// On a suite: a namespace for each test in it, not one for all.
    public var isRecursive: Bool { true }

    // Spelled out, because with NonisolatedNonsendingByDefault the plain closure type does not match the protocol's.
    /// Runs one case of one test with its own fixture.
    ///
    /// - Parameters:
    ///   - test: The test or suite; a suite as such needs no server.
    ///   - testCase: The case of a test, `nil` for a suite.
    ///   - function: The test's body.
    /// - Throws: why the server could not be started, or what the body throws.
    public func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        guard testCase != nil else { return try await function() }
        let fixture = RedisFixture(url: try await RedisServer.shared.url, namespace: RedisServer.freshNamespace())
        try await RedisFixture.$current.withValue(fixture) { try await function() }
    }
}

extension Trait where Self == RedisTrait {
    /// A real redis-server, shared, and a fresh namespace for each test: ``RedisFixture/current``.
    package static var redis: RedisTrait { RedisTrait() }
}
