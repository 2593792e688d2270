import Testing

@testable import RedisClient

@Suite("Logging in to a real Redis", .timeLimit(.minutes(2)))
struct AuthenticationTests {
    static let users = [
        "--user", "default", "off", "--user", "worker", "on", ">hunter2", "~*", "&*", "+@all", "--user", "weak", "on", ">hunter2", "~*",
        "+get",
    ]

    @Test("an ACL user with the right password, a database and a name")
    func right() async throws {
        let server = try RedisServer(Self.users)
        var configuration = server.configuration
        configuration.username = "worker"
        configuration.password = "hunter2"
        configuration.database = 3
        configuration.clientName = "stepstream-test"
        try await withClient(configuration) { client in
            #expect(try await client.send(RedisCommand("ACL", "WHOAMI")).string == "worker")
            let own = try await client.send(RedisCommand("CLIENT", "INFO")).string ?? ""
            #expect(own.contains("db=3"))
            #expect(own.contains("name=stepstream-test"))
        }
    }

    @Test("the default user with a password only")
    func passwordOnly() async throws {
        let server = try RedisServer(["--requirepass", "hunter2"])
        var configuration = server.configuration
        configuration.password = "hunter2"
        try await withClient(configuration) { client in
            let answer = try await client.send(RedisCommand("PING")).string
            #expect(answer == "PONG")
        }
    }

    @Test(
        "refused logins reach callers at once, in words, without the password",
        arguments: [
            ("worker", "wrong-secret", "WRONGPASS"), ("nobody", "wrong-secret", "WRONGPASS"), (nil, "wrong-secret", "WRONGPASS"),
            (nil, nil, "NOAUTH"),
        ] as [(String?, String?, String)]
    )
    func wrong(username: String?, password: String?, code: String) async throws {
        let server = try RedisServer(Self.users)
        var configuration = server.configuration
        configuration.username = username
        configuration.password = password
        // A caller that waited for the time limit would hang the test.
        configuration.commandTimeout = .seconds(3_600)
        try await withClient(configuration) { client in
            let waiting = await redisError { () throws(RedisError) in try await client.waitUntilConnected() }
            #expect(waiting?.code.rawValue == code)
            let error = await redisError { () throws(RedisError) in try await client.send(RedisCommand("PING")) }
            #expect(error?.code.rawValue == code)
            #expect(error?.errorClass == .configuration)
            #expect(error?.description.contains("wrong-secret") == false)
            #expect(client.state.lastError?.code.rawValue == code)
        }
    }

    @Test("a user with few rights can still connect, and is told what is not allowed")
    func fewRights() async throws {
        let server = try RedisServer(Self.users)
        var configuration = server.configuration
        configuration.username = "weak"
        configuration.password = "hunter2"
        configuration.clientName = "stepstream-test"
        try await withClient(configuration) { client in
            let isMissing = try await client.send(RedisCommand("GET", "k")).isNull
            #expect(isMissing)
            let error = await redisError { () throws(RedisError) in try await client.send(RedisCommand("SET", "k", "v")) }
            #expect(error?.code == .noPermission)
            #expect(error?.errorClass == .configuration)
        }
    }

    @Test("a database that does not exist is a mistake of the configuration")
    func noSuchDatabase() async throws {
        let server = try RedisServer()
        var configuration = server.configuration
        configuration.database = 99_999
        try await withClient(configuration) { client in
            let error = await redisError { () throws(RedisError) in try await client.send(RedisCommand("PING")) }
            #expect(error?.errorClass == .configuration)
            #expect(error?.message.contains("DB index") == true)
        }
    }
}
