import NIOCore
import ServiceLifecycle
import Stepstream
import StepstreamTesting
import Testing

@testable import StepstreamAPI
@testable import StepstreamDashboard
@testable import StepstreamServer

@Suite("WebSocket frames (RFC 6455)", .timeLimit(.minutes(2)))
struct WebSocketConformanceTests {
    typealias Socket = RawWebSocket

    /// The server's next close code after `frames`, and that the connection ends behind it.
    private static func code(after frames: [ByteBuffer], _ port: Int) async throws -> UInt16? {
        var code: UInt16?
        try await Socket.with(port) { socket in
            for frame in frames { try await socket.send(frame) }
            while let frame = try await socket.next() { if frame.opcode == 8 { code = frame.code } }
        }
        return code
    }

    @Test("What breaks the rules is closed with the standard's code")
    func violations() async throws {
        let large = [UInt8](repeating: UInt8(ascii: "a"), count: 40 << 10)
        let cases: [(String, [ByteBuffer], UInt16)] = [
            ("unmasked", [Socket.frame(1, [65], isMasked: false)], 1002),
            ("reserved bit", [Socket.frame(1, [65], reserved: 0x40)], 1002),
            ("unknown opcode", [Socket.frame(3, [65])], 1002),
            ("unknown control opcode", [Socket.frame(11, [65])], 1002),
            ("a continuation of nothing", [Socket.frame(0, [65])], 1002),
            ("a message in a message", [Socket.frame(1, [65], isLast: false), Socket.frame(1, [65])], 1002),
            ("a fragmented ping", [Socket.frame(9, [65], isLast: false)], 1002),
            ("a long ping", [Socket.frame(9, [UInt8](repeating: 0, count: 126))], 1002),
            ("a close frame of one byte", [Socket.frame(8, [3])], 1002),
            ("a close code that may not be sent", [Socket.frame(8, [3, 237])], 1002),
            ("a reason that is no text", [Socket.frame(8, [3, 232, 0xFF])], 1007),
            ("binary", [Socket.frame(2, [65])], 1003),
            ("bad UTF-8", [Socket.frame(1, [0xC3, 0x28])], 1007),
            ("bad UTF-8 over two frames", [Socket.frame(1, [0xE2, 0x82], isLast: false), Socket.frame(0, [0x28])], 1007),
            ("a frame too large", [Socket.frame(1, [UInt8](repeating: 65, count: 65537))], 1009),
            ("a message too large", [Socket.frame(1, large, isLast: false), Socket.frame(0, large)], 1009),
            ("going away", [Socket.frame(8, [3, 233])], 1001),
            ("no code", [Socket.frame(8)], 1000),
        ]
        try await TestServer.with { server in
            for (name, frames, expected) in cases {
                let code = try await Self.code(after: frames, server.port)
                #expect(code == expected, "\(name)")
            }
        }
    }

    @Test("A message in fragments with a ping between them is one message; the pong brings the ping's bytes back")
    func fragments() async throws {
        try await TestServer.with { server in
            let id = try #require(try await server.post("/v1/operations", #"{"type":"mail"}"#).json()["id"])
            try await Socket.with(server.port) { socket in
                let bytes = Array(#"{"watch":["\#(id)"]}"#.utf8)
                try await socket.send(
                    Socket.frame(1, Array(bytes[..<3]), isLast: false),
                    Socket.frame(0, [], isLast: false),
                    Socket.frame(9, [1, 2, 3]),
                    Socket.frame(0, Array(bytes[3..<9]), isLast: false),
                    Socket.frame(10, [9]),
                    Socket.frame(0, Array(bytes[9...]))
                )
                #expect(try await socket.next() == .init(opcode: 10, payload: ByteBuffer(bytes: [1, 2, 3])))
                #expect(try await socket.message()["subject"] == id)
            }
            // Byte by byte, and with the first frame in the same packet as the request.
            try await Socket.with(server.port, early: Socket.text(#"{"watch":["\#(id)"]}"#)) { socket in
                #expect(try await socket.message()["subject"] == id)
                for byte in Socket.text(#"{"watch":["\#(id)"]}"#).readableBytesView { try await socket.send(ByteBuffer(bytes: [byte])) }
                #expect(try await socket.message()["subject"] == id)
            }
        }
    }

    @Test("It is pinged, and closed when no pong comes")
    func pings() async throws {
        try await TestServer.with(configure: { $0.ping = .milliseconds(50) }) { server in
            try await Socket.with(server.port) { socket in
                for _ in 0..<3 {
                    #expect(try await socket.next()?.opcode == 9)
                    try await socket.send(Socket.frame(10))
                }
                var code: UInt16?
                while let frame = try await socket.next() { code = frame.code }
                #expect(code == 1011)
            }
        }
    }

    @Test("Who does not read is cut, and nothing is piled up for it")
    func slowReader() async throws {
        try await TestServer.with(configure: { $0.writeStall = .milliseconds(300) }) { server in
            try await Socket.with(server.port, receiveBuffer: 8192) { socket in
                // Each is answered with its 60 kB; once the server cannot send any more it takes no more of them, and then cuts.
                let message = #"{"watch":["\#(String(repeating: "x", count: 60_000))"]}"#
                var count = 0
                await #expect(throws: (any Error).self) {
                    for _ in 0..<2000 {
                        try await socket.send(message)
                        count += 1
                    }
                }
                #expect(count < 2000)
            }
        }
    }

    @Test("A server that ends says 1001 and does not wait for a client that does not answer")
    func drained() async throws {
        try await TestServer.withStore { store in
            var configuration = ServerConfiguration()
            configuration.port = 0
            let server = APIServer(
                configuration: configuration,
                store: store,
                catalog: try DefinitionCatalog([.mail]),
                handlers: ActingHandlers().registry,
                logger: .quiet
            )
            let group = ServiceGroup(configuration: .init(services: [server], logger: .quiet))
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                let port = try #require(await server.listeningPort())
                try await Socket.with(port) { socket in
                    await group.triggerGracefulShutdown()
                    var code: UInt16?
                    while let frame = try await socket.next() { code = frame.code }
                    #expect(code == 1001)
                }
                try await tasks.waitForAll()
            }
        }
    }
}
