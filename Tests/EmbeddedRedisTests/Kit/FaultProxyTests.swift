import Glibc
import NIOCore
import NIOPosix
import StepstreamTesting
import Testing

@Suite("Fault proxy", .timeLimit(.minutes(1)))
struct FaultProxyTests {
    @Test("Without faults it hands bytes on, over TCP and over a unix socket", arguments: [false, true])
    func handsOn(overUnixSocket: Bool) async throws {
        let server = try await RedisServer.shared
        let socket = FaultProxy.Endpoint.unix(path: "/tmp/\(RedisServer.freshNamespace()).sock")
        try await withProxy(listeningOn: overUnixSocket ? socket : .tcp(host: "127.0.0.1", port: 0)) { proxy in
            #expect(proxy.endpoint.redisURL != server.url)
            try await withClient(of: proxy) { client in
                try await client.send("PING\r\n")
                #expect(try await client.read(7) == "+PONG\r\n")
                #expect(proxy.byteCount(.toServer) == 6)
                #expect(proxy.byteCount(.toClient) == 7)
                #expect(proxy.connectionCount == 1)
            }
        }
    }

    @Test("Pieces of one byte arrive whole and in order, delayed ones too")
    func pieces() async throws {
        try await withProxy { proxy in
            let faults = FaultProxy.Faults(delay: .milliseconds(1), chunkSize: 1, chunkInterval: .microseconds(100))
            for direction in FaultProxy.Direction.allCases { proxy.set(faults, on: direction) }
            try await withClient(of: proxy) { client in
                try await client.send("ECHO 0123456789\r\nPING\r\n")
                #expect(try await client.read(24) == "$10\r\n0123456789\r\n+PONG\r\n")
            }
        }
    }

    @Test("A stall after so many bytes lets exactly these through, and healing the rest")
    func stall() async throws {
        try await withProxy { proxy in
            proxy.set(.init(stallAfter: 3), on: .toClient)
            try await withClient(of: proxy) { client in
                try await client.send("PING\r\n")
                #expect(try await client.read(3) == "+PO")
                #expect(proxy.byteCount(.toClient) == 3)
                proxy.heal()
                #expect(try await client.read(4) == "NG\r\n")
            }
        }
    }

    @Test("Far more than the proxy buffers waits while it stalls, and flows when it is healed")
    func backPressure() async throws {
        try await withProxy { proxy in
            proxy.set(.init(stallAfter: 0), on: .toServer)
            try await withClient(of: proxy) { client in
                let key = RedisServer.freshNamespace()
                let size = 32 << 20
                let value = String(repeating: "x", count: size)
                async let written: Void = client.send("*3\r\n$3\r\nSET\r\n$21\r\n\(key)\r\n$\(size)\r\n\(value)\r\nDEL \(key)\r\n")
                #expect(proxy.byteCount(.toServer) == 0)
                proxy.heal()
                try await written
                #expect(try await client.read(9) == "+OK\r\n:1\r\n")
            }
        }
    }

    @Test("A cut closes, or resets, every connection; new ones work, unless they are refused", arguments: [FaultProxy.Cut.close, .reset])
    func cut(how: FaultProxy.Cut) async throws {
        try await withProxy { proxy in
            try await withClient(of: proxy) { client in
                try await client.send("PING\r\n")
                #expect(try await client.read(7) == "+PONG\r\n")
                await proxy.cut(how)
                switch how {
                case .close:
                    let end = try await client.read(1)
                    #expect(end == nil)
                case .reset:
                    let error = await #expect(throws: IOError.self) { try await client.read(1) }
                    #expect(error?.errnoCode == ECONNRESET)
                }
            }
            try await withClient(of: proxy) { client in
                try await client.send("PING\r\n")
                #expect(try await client.read(7) == "+PONG\r\n")
            }
            proxy.refuseConnections()
            try await withClient(of: proxy) { client in
                let end = try await client.read(1)
                #expect(end == nil)
            }
        }
    }

    private func withProxy(
        listeningOn endpoint: FaultProxy.Endpoint = .tcp(host: "127.0.0.1", port: 0),
        _ body: (FaultProxy) async throws -> Void
    ) async throws {
        let server = try await RedisServer.shared
        let proxy = try await FaultProxy.start(to: try #require(.init(unixURL: server.url)), listeningOn: endpoint)
        do {
            try await body(proxy)
        } catch {
            try await proxy.stop()
            throw error
        }
        try await proxy.stop()
        #expect(proxy.connectionCount == 0)
    }
}
