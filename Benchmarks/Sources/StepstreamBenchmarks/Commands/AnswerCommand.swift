import ArgumentParser
import FoundationEssentials
import Hummingbird
import Logging
import NIOCore

/// The least that an HTTP service can do with the same requests: what a submission over HTTP is compared with, and a handler that does nothing.
struct AnswerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "answer",
        abstract: "Serves routes that decode what they get and do nothing with it, and prints the port."
    )

    func run() async throws {
        let router = Router()
        router.post("/v1/operations") { request, context in
            let body = try await request.decode(as: Body.self, context: context)
            return Self.accepted(#"{"type":"\#(body.type)","status":"NotStarted"}"#)
        }
        router.post("/v1/operations:batch") { request, _ in
            let body = try await request.body.collect(upTo: 1 << 22)
            let decoder = JSONDecoder()
            var answer = ""
            for line in body.readableBytesView.split(separator: UInt8(ascii: "\n")) {
                let item = try decoder.decode(Body.self, from: Data(line))
                answer += #"{"type":"\#(item.type)","status":"NotStarted"}"# + "\n"
            }
            return Self.accepted(answer)
        }
        router.post("/handler") { request, _ in
            _ = try await request.body.collect(upTo: 1 << 20)
            return Response(status: .ok, headers: [.contentType: "application/json"], body: .init(byteBuffer: ByteBuffer(string: "{}")))
        }
        let application = Application(
            router: router,
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in
                // Flushed, as a pipe is not by itself.
                FileOutput.standard.write("port \(channel.localAddress?.port ?? 0)\n")
            },
            logger: .silent
        )
        try await application.runService()
    }

    private struct Body: Decodable {
        struct Input: Decodable {
            var text: String
        }
        var type: String
        var input: Input
    }

    private static func accepted(_ body: String) -> Response {
        Response(status: .accepted, headers: [.contentType: "application/json"], body: .init(byteBuffer: ByteBuffer(string: body)))
    }
}
