/// What a test with the trait `.redis` may use.
public struct RedisFixture: Sendable {
    /// The fixture of the test that runs in this task; `nil` outside the trait.
    @TaskLocal public static var current: RedisFixture?

    /// `unix:///…` of the shared server.
    public let url: String
    /// A name that no other test uses.
    public let namespace: String
}
