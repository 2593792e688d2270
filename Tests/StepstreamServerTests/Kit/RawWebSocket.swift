import NIOCore
import NIOPosix
import Stepstream
import StepstreamTesting

/// A WebSocket on which a test sends any frame, the forbidden ones too, and reads when it likes.
struct RawWebSocket {
    struct Frame: Equatable {
        var opcode: UInt8
        var payload: ByteBuffer

        var text: String { String(buffer: payload) }
        /// The code of a close frame.
        var code: UInt16? { opcode == 8 ? payload.getInteger(at: payload.readerIndex, as: UInt16.self) : nil }
        func json() throws -> JSONNode { try JSONNode.parse(text, maximumDepth: 64) }
    }

    private typealias Parts = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    /// The answer to the handshake: its status line and fields.
    private(set) var head = ""
    private var buffer = ByteBuffer()
    private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>

    /// Opens a WebSocket with more `fields` in the request's head and `early` bytes behind it, and runs `body` with it; the connection is
    /// cut after.
    static func with(
        _ port: Int,
        _ fields: [String] = [],
        early: ByteBuffer = ByteBuffer(),
        receiveBuffer: Int32? = nil,
        _ body: (inout RawWebSocket) async throws -> Void
    ) async throws {
        var bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
        if let receiveBuffer { bootstrap = bootstrap.channelOption(.socketOption(.so_rcvbuf), value: .init(receiveBuffer)) }
        let channel: Parts = try await bootstrap.connect(host: "127.0.0.1", port: port) { channel in
            channel.eventLoop.makeCompletedFuture { try Parts(wrappingChannelSynchronously: channel) }
        }
        try await channel.executeThenClose { inbound, outbound in
            var socket = RawWebSocket(inbound: inbound.makeAsyncIterator(), outbound: outbound)
            try await socket.open(port, fields, early)
            try await body(&socket)
        }
    }

    private init(inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator, outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>) {
        self.inbound = inbound
        self.outbound = outbound
    }

    private mutating func open(_ port: Int, _ fields: [String], _ early: ByteBuffer) async throws {
        let names = Set(fields.compactMap { $0.split(separator: ":").first?.lowercased() })
        let standard = ["Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13"].filter {
            !names.contains($0.split(separator: ":")[0].lowercased())
        }
        let lines = ["GET /v1/events HTTP/1.1", "Host: 127.0.0.1:\(port)", "Connection: Upgrade", "Upgrade: websocket"] + standard + fields
        var request = ByteBuffer(string: lines.joined(separator: "\r\n") + "\r\n\r\n")
        request.writeImmutableBuffer(early)
        try await outbound.write(request)
        while true {
            let view = buffer.readableBytesView
            if let end = view.indices.dropLast(3).first(where: { Array(view[$0..<($0 + 4)]) == [13, 10, 13, 10] }) {
                head = buffer.readString(length: end + 4 - buffer.readerIndex) ?? ""
                return
            }
            guard try await more() else { throw Unexpected(what: "the connection ended in the handshake: \(String(buffer: buffer))") }
        }
    }

    private mutating func more() async throws -> Bool {
        guard let part = try await inbound.next(isolation: #isolation) else { return false }
        buffer.writeImmutableBuffer(part)
        return true
    }

    /// All that comes until the server closes, for answers that are no WebSocket.
    mutating func rest() async throws -> String {
        while try await more() {}
        return String(buffer: buffer)
    }

    // MARK: Frames

    static func frame(
        _ opcode: UInt8,
        _ payload: [UInt8] = [],
        isLast: Bool = true,
        isMasked: Bool = true,
        reserved: UInt8 = 0
    ) -> ByteBuffer {
        var frame = ByteBuffer(bytes: [(isLast ? 0x80 : 0) | reserved | opcode])
        let mask: UInt8 = isMasked ? 0x80 : 0
        if payload.count < 126 {
            frame.writeInteger(mask | UInt8(payload.count))
        } else if payload.count < 1 << 16 {
            frame.writeInteger(mask | 126)
            frame.writeInteger(UInt16(payload.count))
        } else {
            frame.writeInteger(mask | 127)
            frame.writeInteger(UInt64(payload.count))
        }
        guard isMasked else {
            frame.writeBytes(payload)
            return frame
        }
        let key: [UInt8] = [0x12, 0x34, 0x56, 0x78]
        frame.writeBytes(key)
        frame.writeBytes(payload.enumerated().map { $1 ^ key[$0 % 4] })
        return frame
    }

    static func text(_ text: String) -> ByteBuffer { frame(1, Array(text.utf8)) }

    func send(_ frames: ByteBuffer...) async throws {
        for frame in frames { try await outbound.write(frame) }
    }

    func send(_ text: String) async throws {
        try await send(Self.text(text))
    }

    /// The next frame; nil when the server has ended the connection.
    mutating func next() async throws -> Frame? {
        while true {
            if let frame = Self.read(&buffer) { return frame }
            guard try await more() else { return nil }
        }
    }

    /// The next message as JSON.
    mutating func message() async throws -> JSONNode {
        guard let frame = try await next(), frame.opcode == 1 else { throw Unexpected(what: "no message came") }
        return try frame.json()
    }

    private static func read(_ buffer: inout ByteBuffer) -> Frame? {
        var rest = buffer
        guard let first = rest.readInteger(as: UInt8.self), let second = rest.readInteger(as: UInt8.self) else { return nil }
        var length = Int(second & 0x7F)
        if length == 126 {
            guard let long = rest.readInteger(as: UInt16.self) else { return nil }
            length = Int(long)
        } else if length == 127 {
            guard let long = rest.readInteger(as: UInt64.self) else { return nil }
            length = Int(long)
        }
        guard second & 0x80 == 0, let payload = rest.readSlice(length: length) else { return nil }
        buffer = rest
        return Frame(opcode: first & 0x0F, payload: payload)
    }
}
