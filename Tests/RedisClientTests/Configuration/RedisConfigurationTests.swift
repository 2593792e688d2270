import Testing

@testable import RedisClient

@Suite("Connection URLs")
struct RedisConfigurationTests {
    struct Expectation: Sendable {
        var endpoint: RedisConfiguration.Endpoint
        var username: String?
        var password: String?
        var database = 0
        var tls = false
    }

    @Test(
        "every form is understood",
        arguments: [
            ("redis://localhost", Expectation(endpoint: .tcp(host: "localhost", port: 6379))),
            ("redis://localhost/", Expectation(endpoint: .tcp(host: "localhost", port: 6379))),
            ("redis://10.0.0.1:7000/2", Expectation(endpoint: .tcp(host: "10.0.0.1", port: 7000), database: 2)),
            ("REDIS://h?db=5", Expectation(endpoint: .tcp(host: "h", port: 6379), database: 5)),
            ("redis://[::1]:7000", Expectation(endpoint: .tcp(host: "::1", port: 7000))),
            ("redis://[fe80::1]", Expectation(endpoint: .tcp(host: "fe80::1", port: 6379))),
            ("redis://:secret@h", Expectation(endpoint: .tcp(host: "h", port: 6379), password: "secret")),
            ("redis://user:secret@h", Expectation(endpoint: .tcp(host: "h", port: 6379), username: "user", password: "secret")),
            ("redis://user@h", Expectation(endpoint: .tcp(host: "h", port: 6379), username: "user")),
            ("redis://us%40er:p%2Fa%3As%25@h:1/0", Expectation(endpoint: .tcp(host: "h", port: 1), username: "us@er", password: "p/a:s%")),
            ("redis://u:a:b@h", Expectation(endpoint: .tcp(host: "h", port: 6379), username: "u", password: "a:b")),
            ("redis://u:a@b@h", Expectation(endpoint: .tcp(host: "h", port: 6379), username: "u", password: "a@b")),
            (
                "rediss://u:p@h:6380/1",
                Expectation(endpoint: .tcp(host: "h", port: 6380), username: "u", password: "p", database: 1, tls: true)
            ),
            ("unix:///run/redis.sock", Expectation(endpoint: .unix(path: "/run/redis.sock"))),
            (
                "unix://u:p@/run/redis.sock?db=4",
                Expectation(endpoint: .unix(path: "/run/redis.sock"), username: "u", password: "p", database: 4)
            ),
            ("unix:///a%20b/r.sock", Expectation(endpoint: .unix(path: "/a b/r.sock"))),
        ]
    )
    func accepted(url: String, expected: Expectation) throws {
        let configuration = try RedisConfiguration(url: url)
        #expect(configuration.endpoint == expected.endpoint)
        #expect(configuration.username == expected.username)
        #expect(configuration.password == expected.password)
        #expect(configuration.database == expected.database)
        #expect((configuration.tls != nil) == expected.tls)
    }

    @Test(
        "a mistake is named, and nothing of the URL is repeated",
        arguments: [
            ("hunter2", "scheme"), ("", "scheme"), ("hunter2://h", "scheme"), ("http://hunter2@h", "scheme"),
            ("redis://", "host is missing"), ("redis://:hunter2@", "host is missing"), ("redis://:hunter2@:6379", "host is missing"),
            ("redis://user:hunt/er2@h", "port"), ("redis://h:hunter2", "port"), ("redis://h:0", "port"), ("redis://h:65536", "port"),
            ("redis://h:+1", "port"), ("redis://h:", "port"), ("redis://h/hunter2", "database"), ("redis://h/-1", "database"),
            ("redis://u:hunter2%@h", "password has a %"), ("redis://u:hunter2%zz@h", "password has a %"),
            ("redis://u:%FFhunter2@h", "password is not UTF-8"), ("redis://u:hunter2%00@h", "password is not UTF-8"),
            ("redis://[::1", "bracket"), ("redis://[::1]hunter2", "port"), ("redis://u:hunter2#x@h", "fragment"),
            ("redis+sentinel://s1", "what the sentinels call"), ("redis+sentinel://s1/", "what the sentinels call"),
            ("redis+sentinel://:hunter2@s1,/x", "host is missing"), ("redis+sentinel:///x", "host is missing"),
            ("redis+sentinel://s1:x/x", "port"), ("redis+sentinel://s1/x/hunter2", "database"),
            ("redis+sentinel://s1/x/0/hunter2", "more than"),
            ("redis+sentinel://s1/x?password=hunter2", "sentinelPassword"), ("redis://h?sentinelPassword=hunter2", "?db=n"),
            ("redis://h?hunter2=1", "?db=n"), ("redis://h?db=hunter2", "database"), ("unix://hunter2/run/x.sock", "absolute"),
            ("unix://", "path of the socket is missing"), ("unix:///", "path of the socket is missing"),
            ("unix:///" + String(repeating: "hunter2", count: 20), "107 bytes"),
        ]
    )
    func refused(url: String, hint: String) {
        let error = #expect(throws: RedisError.self) { try RedisConfiguration(url: url) }
        #expect(error?.code == .invalidConfiguration)
        #expect(error?.errorClass == .configuration)
        #expect(error?.message.contains(hint) == true)
        #expect(error?.description.contains("hunter2") == false)
    }

    @Test("sentinels: their addresses, the name, a login of their own")
    func sentinels() throws {
        let url = "redis+sentinel://worker:hunter2@s1,10.0.0.2:7000,[::1]:7001/my%20primary/3?sentinelUsername=u&sentinelPassword=hunter%33"
        let configuration = try RedisConfiguration(url: url)
        let addresses: [RedisConfiguration.Endpoint] = [
            .tcp(host: "s1", port: 26_379), .tcp(host: "10.0.0.2", port: 7000), .tcp(host: "::1", port: 7001),
        ]
        #expect(configuration.sentinels?.addresses == addresses)
        #expect(configuration.sentinels?.primaryName == "my primary")
        #expect(configuration.sentinels?.username == "u")
        #expect(configuration.sentinels?.password == "hunter3")
        #expect(configuration.username == "worker")
        #expect(configuration.password == "hunter2")
        #expect(configuration.database == 3)
        #expect(configuration.tls == nil)
        #expect("\(configuration)" == "redis+sentinel://worker:***@s1:26379,10.0.0.2:7000,[::1]:7001/my primary/3")
        let secure = try RedisConfiguration(url: "rediss+sentinel://s1/mine")
        #expect(secure.tls != nil)
        let sentinel = configuration.sentinel(at: addresses[1])
        #expect(sentinel.endpoint == addresses[1])
        #expect(sentinel.username == "u")
        #expect(sentinel.password == "hunter3")
        #expect(sentinel.database == 0)
        #expect(sentinel.sentinels == nil)
    }

    @Test("no way of printing shows the password")
    func hidden() throws {
        for url in [
            "redis://user:hunter2@h:1/2", "rediss://:hunter2@h", "unix://user:hunter2@/x.sock?db=1",
            "redis+sentinel://:hunter2@s1,s2/mine?sentinelPassword=hunter2",
        ] {
            let configuration = try RedisConfiguration(url: url)
            var dumped = ""
            dump(configuration, to: &dumped)
            let texts = [
                "\(configuration)", String(reflecting: configuration), dumped, "\([configuration])", "\(Optional(configuration) as Any)",
            ]
            for text in texts {
                #expect(!text.contains("hunter2"))
                #expect(text.contains("***"))
            }
        }
        #expect("\(try RedisConfiguration(url: "redis://user:hunter2@h:1/2"))" == "redis://user:***@h:1/2")
        #expect("\(try RedisConfiguration(url: "unix:///x.sock?db=1"))" == "unix:///x.sock?db=1")
    }
}
