import RedisClient
import Stepstream
import StepstreamServer
import StepstreamStore
import StepstreamWorker
import Testing

@testable import StepstreamConfiguration

@Suite("Settings")
struct SettingsTests {
    @Test("Flags win over variables, variables over the file, the file over defaults")
    func precedence() throws {
        try Reading.withFile("http:\n  host: file.example\n  port: 1\n  inputDepth: 1\n") { path in
            let environment = ["STEPSTREAM_CONFIG": path, "STEPSTREAM_HTTP_PORT": "2", "STEPSTREAM_HTTP_INPUT_DEPTH": "2"]
            let flags = [HTTPSettings.port.given("3"), HTTPSettings.host.given(nil)].compactMap(\.self)
            let settings = try Settings(file: nil, flags: flags, environment: environment)
            #expect(settings[HTTPSettings.host] == "file.example")
            #expect(settings[HTTPSettings.inputDepth] == 2)
            #expect(settings[HTTPSettings.port] == 3)
            #expect(settings[HTTPSettings.bodyLimit] == ServerConfiguration().bodyLimit)
        }
    }

    @Test("A fault is named with the variable or the flag")
    func places() {
        let environment = ["STEPSTREAM_HTTP_PROT": "1", "STEPSTREAM_HTTP_BODY_LIMIT": "", "STEPSTREAM_URL": "http://x", "OTHER": "1"]
        let faults = Reading(variables: environment).faults
        #expect(faults.count == 2)
        #expect(faults[0].hasPrefix(#"environment, STEPSTREAM_HTTP_BODY_LIMIT: http.bodyLimit: "" is empty; must be a number of bytes"#))
        #expect(faults[1].hasPrefix("environment: STEPSTREAM_HTTP_PROT: there is no such key. Did you mean STEPSTREAM_HTTP_PORT?"))
        let flag = #expect(throws: ConfigurationFaults.self) {
            try Settings(file: nil, flags: [WorkerSettings.slot.given("-1")].compactMap(\.self), environment: [:])
        }
        #expect(flag?.faults.first?.place == "command line, --slot")
    }

    @Test("Without settings every part has the defaults of its configuration")
    func defaults() throws {
        let settings = try Settings(file: nil, flags: [], environment: [:])
        #expect(try "\(settings.redis())" == "\(RedisConfiguration())")
        #expect(try settings.redis().commandTimeout == RedisConfiguration().commandTimeout)
        #expect(settings.store == RedisStore.Configuration())
        #expect("\(settings.server)" == "\(ServerConfiguration())")
        #expect("\(settings.worker(try DefinitionCatalog([])))" == "\(WorkerConfiguration())")
        let deliveries = DeliveryConfiguration(source: "http://127.0.0.1:8080")
        #expect("\(try settings.deliveries(environment: [:]))" == "\(deliveries)")
        // Claims of steps hold equally long whoever runs them.
        #expect(ServerConfiguration().lease == WorkerConfiguration().lease)
    }

    @Test("Settings reach the configuration of their part")
    func parts() throws {
        let environment = [
            "HTTP_HOST": "::1", "HTTP_PORT": "1", "HTTP_PUBLIC_URL": "https://api.example/", "HTTP_BODY_LIMIT": "2048",
            "HTTP_INPUT_DEPTH": "3",
            "HTTP_HEADER_DEADLINE": "4s", "HTTP_REQUEST_DEADLINE": "5s", "HTTP_CONNECTIONS": "6", "HTTP_INLINE_BUDGET": "7s",
            "HTTP_LONG_POLL": "8s", "HTTP_WATCHERS": "9", "HTTP_WATCHERS_PER_CALLER": "10", "HTTP_WATCHERS_PER_ADDRESS": "11",
            "HTTP_WATCH_LIFE": "12s", "HTTP_ORIGINS": "https://a.example", "DASHBOARD_MODE": "on", "DASHBOARD_PORT": "13",
            "WORKER_LEASE": "14s", "WORKER_QUEUES": "a,b", "WORKER_RETIRE_AFTER": "15s", "STORE_RETENTION": "2d",
            "STORE_DURABILITY": "replicated:2", "WEBHOOKS_SCHEME": "http", "WEBHOOKS_TIME_LIMIT": "16s",
        ]
        let variables = Dictionary(uniqueKeysWithValues: environment.map { ("STEPSTREAM_\($0.key)", $0.value) })
        let settings = try Settings(file: nil, flags: [], environment: variables)
        let server = settings.server
        #expect(server.host == "::1" && server.port == 1 && server.publicURL == "https://api.example/")
        #expect([server.bodyLimit, server.inputDepth, server.connections] == [2048, 3, 6])
        #expect([server.headerDeadline, server.requestDeadline] == [.seconds(4), .seconds(5)])
        #expect([server.inlineBudget, server.longPoll, server.watchLife] == [.seconds(7), .seconds(8), .seconds(12)])
        #expect([server.watchers, server.watchersPerCaller, server.watchersPerAddress] == [9, 10, 11])
        #expect(server.origins == ["https://a.example"] && server.dashboard == .on)
        #expect(server.dashboardListener?.host == "127.0.0.1" && server.dashboardListener?.port == 13)
        let worker = settings.worker(try DefinitionCatalog([]))
        #expect(server.lease == 14_000 && worker.lease == 14_000 && worker.queues == ["a", "b"])
        #expect(settings.store.consumerIdle == 15_000 && settings.store.retention == 172_800_000)
        #expect(settings.store.durability == Durability(replicas: 2))
        let deliveries = try settings.deliveries(environment: [:])
        #expect(deliveries.source == "https://api.example" && deliveries.allowsHTTP && deliveries.timeLimit == .seconds(16))
    }

    @Test("What is for TLS is refused without it, with its place")
    func tls() throws {
        try Reading.withFile("redis:\n  authority: /etc/ca.pem\n") { path in
            let plain = try Settings(file: path, flags: [], environment: [:])
            let faults = #expect(throws: ConfigurationFaults.self) { _ = try plain.redis() }
            #expect(faults?.faults.first?.place == "\(path):2:14")
            #expect(faults?.faults.first?.words.hasPrefix("redis.authority: is for TLS only") == true)
            let secure = try Settings(file: path, flags: [], environment: ["STEPSTREAM_REDIS_URL": "rediss://redis.example"])
            #expect(try secure.redis().tls?.authorityFile == "/etc/ca.pem")
        }
    }
}
