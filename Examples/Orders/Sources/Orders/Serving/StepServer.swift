import Foundation
import GRDB
import HTTPTypes
import Hummingbird
package import Logging
import NIOCore
import ServiceLifecycle

/// Serves one `StepService` over HTTP on the loopback address: its two endpoints, and `GET /healthz`.
package struct StepServer: Service {
    private let service: any StepService
    private let ledger: AnswerLedger
    private let port: Int
    private let heldBack: Duration
    private let logger: Logger
    private let isListening: @Sendable (ServiceName, Int) -> Void

    /// Port 0 stands for any free one; `isListening` is called once with the port that is listened on. `heldBack` is how long an
    /// answer that is held back is held at most.
    package init(
        service: any StepService,
        ledger: AnswerLedger,
        port: Int,
        heldBack: Duration = .seconds(20),
        logger: Logger,
        isListening: @escaping @Sendable (ServiceName, Int) -> Void
    ) {
        self.service = service
        self.ledger = ledger
        self.port = port
        self.heldBack = heldBack
        self.logger = logger
        self.isListening = isListening
    }

    package func run() async throws {
        let router = Router(context: CallContext.self)
        router.middlewares.add(ProblemMiddleware())
        router.get("/healthz") { _, _ in Answer(status: 200, body: "{\"status\":\"ok\"}").response }
        router.post(RouterPath(service.forwardPath)) { request, context in
            try await respond(to: request, context: context) { try await ledger.perform($0) }
        }
        router.post(RouterPath(service.undoPath)) { request, context in
            try await respond(to: request, context: context) { try await ledger.undo($0) }
        }
        let name = service.name
        let application = Application(
            router: router,
            configuration: .init(address: .hostname("127.0.0.1", port: port), serverName: "orders-\(name.rawValue)"),
            onServerRunning: { [isListening] channel in isListening(name, channel.localAddress?.port ?? 0) },
            logger: logger
        )
        do {
            try await application.run()
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            throw OrdersFailure(
                "Port \(port) for \(name.rawValue) is taken by another program. Name another with --\(name.rawValue)-port "
                    + "(and the same in ORDERS_\(name.rawValue.uppercased())_URL for Stepstream)."
            )
        }
    }

    private func respond(
        to request: Request,
        context: CallContext,
        with answering: (StepCall) async throws -> Answer
    ) async throws -> Response {
        let body = try await request.body.collect(upTo: 1_048_576)
        let call = try StepCall(
            key: request.headers[.idempotencyKey],
            epoch: request.headers[.stepstreamEpoch],
            body: Data(body.readableBytesView)
        )
        let answer = try await answering(call)
        switch answer.delivery {
        case .sent:
            break
        case .cut:
            try await cut(context.channel)
        case .heldBack:
            try await holdBack(context.channel)
        }
        return answer.response
    }

    private func cut(_ channel: any Channel) async throws {
        do {
            try await channel.close().get()
        } catch ChannelError.alreadyClosed {
            // The caller was quicker.
        }
    }

    /// Waits until the caller has hung up, the time is over or the service is to stop; the connection is closed in any case.
    private func holdBack(_ channel: any Channel) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await channel.closeFuture.get() }
            group.addTask {
                do {
                    try await cancelWhenGracefulShutdown { try await Task.sleep(for: heldBack) }
                } catch is CancellationError {
                    // Held back for long enough: the service stops.
                }
                try await cut(channel)
            }
            try await group.next()
            group.cancelAll()
            try await group.waitForAll()
        }
    }
}
