import FoundationEssentials
package import Logging
import ServiceLifecycle
package import Stepstream

/// Delivers webhooks: moves events to the queues of their receivers, and tries what is due.
///
/// On a graceful shutdown nothing more is claimed, and the tries that run come to their end; each is over within the time limit.
package final class WebhookService: Service {
    private let configuration: DeliveryConfiguration
    private let store: any DeliveryStore
    private let clock: any MonotonicClock
    private let tracer: (any OperationTracer)?
    private let onTry: @Sendable (DeliveryOutcome) -> Void
    private let logger: Logger
    private let call: WebhookCall
    private let slots: DeliverySlots
    private let stop = Stop()
    private let wakeup = Wakeup()

    /// How many events are moved, and receivers looked at, in one call of the store.
    private static let batch = 100
    /// How long it rests at most: notices can be lost.
    private static let longest = Duration.seconds(30)

    /// A service; `run()` starts it, once.
    ///
    /// - Parameters:
    ///   - configuration: what is sent, where to and how.
    ///   - store: where deliveries live.
    ///   - clock: time; tests move theirs by hand.
    ///   - tracer: draws spans of tries; nil: there are none.
    ///   - onTry: called with the result of each try.
    ///   - logger: where it logs.
    package convenience init(
        _ configuration: DeliveryConfiguration,
        store: any DeliveryStore,
        clock: any MonotonicClock = .system,
        tracer: (any OperationTracer)? = nil,
        onTry: @escaping @Sendable (DeliveryOutcome) -> Void = { _ in },
        logger: Logger
    ) {
        self.init(configuration, store: store, resolver: HostResolver(), clock: clock, tracer: tracer, onTry: onTry, logger: logger)
    }

    init(
        _ configuration: DeliveryConfiguration,
        store: any DeliveryStore,
        resolver: HostResolver,
        clock: any MonotonicClock = .system,
        tracer: (any OperationTracer)? = nil,
        onTry: @escaping @Sendable (DeliveryOutcome) -> Void = { _ in },
        logger: Logger
    ) {
        self.tracer = tracer
        self.onTry = onTry
        self.configuration = configuration
        self.store = store
        self.clock = clock
        self.logger = logger
        call = WebhookCall(resolver: resolver, addresses: configuration.addresses, timeLimit: configuration.timeLimit, logger: logger)
        slots = DeliverySlots(total: configuration.concurrency, each: configuration.concurrencyPerReceiver)
    }

    /// Delivers until a graceful shutdown is through or the task is canceled.
    package func run() async {
        await withGracefulShutdownHandler {
            await withTaskGroup(of: Void.self) { background in
                background.addTask { await self.hear() }
                await withDiscardingTaskGroup { tries in
                    while !self.stop.isRaised, !Task.isCancelled { await self.round(&tries) }
                }
                background.cancelAll()
            }
            await self.call.close()
        } onGracefulShutdown: {
            self.stop.raise()
            self.wakeup.raise()
        }
    }

    private func hear() async {
        for await _ in store.deliveryNotices() { wakeup.raise() }
    }

    private func round(_ tries: inout DiscardingTaskGroup) async {
        var pause = Self.longest
        do throws(StoreError) {
            let moved = try await store.route(limit: Self.batch, to: configuration.endpoints)
            let due = try await store.dueReceivers(limit: Self.batch)
            var claimed = 0
            for receiver in due.receivers { claimed += try await claim(for: receiver, tries: &tries) }
            // There may be more; each round takes some, so this ends.
            if moved > 0 || claimed > 0 { return }
            // A receiver whose share is taken is looked at again when one of its tries has ended.
            pause = min(
                due.next.map { max($0.duration, .milliseconds(1)) } ?? Self.longest,
                due.receivers.isEmpty ? Self.longest : .seconds(1)
            )
        } catch {
            logger.warning("Deliveries wait until the store answers", metadata: [LogKey.error: "\(error)"])
            pause = .seconds(2) * Double.random(in: 0.5...1)
        }
        await wakeup.wait(until: clock.now + pause, on: clock)
    }

    private func claim(for receiver: DueReceivers.Receiver, tries: inout DiscardingTaskGroup) async throws(StoreError) -> Int {
        let free = slots.take(for: receiver.name)
        guard free > 0, !stop.isRaised else {
            slots.giveBack(free, of: receiver.name)
            return 0
        }
        let configured = endpoint(receiver.name)?.url.text
        let claims: [ClaimedDelivery]
        do throws(StoreError) {
            claims = try await store.claim(receiver, configured: configured, limit: free, lease: configuration.lease)
        } catch {
            slots.giveBack(free, of: receiver.name)
            throw error
        }
        slots.giveBack(free - claims.count, of: receiver.name)
        for claim in claims {
            tries.addTask {
                await self.deliver(claim)
                self.slots.giveBack(1, of: receiver.name)
                self.wakeup.raise()
            }
        }
        return claims.count
    }

    private func endpoint(_ name: String) -> WebhookEndpoint? { configuration.endpoints.first { $0.name.text == name } }

    private func deliver(_ claim: ClaimedDelivery) async {
        var claim = claim
        let span = tracer?.delivery(&claim)
        let endpoint = endpoint(claim.endpoint)
        let answer = await answer(to: claim, endpoint: endpoint)
        let outcome = DeliveryOutcome(
            answer,
            tries: claim.tries + 1,
            configured: claim.url == nil ? endpoint?.url.text : nil,
            random: .random(in: 0...1)
        )
        report(claim, outcome: outcome)
        span?.end(outcome)
        onTry(outcome)
        await write(claim, outcome: outcome)
    }

    private func answer(to claim: ClaimedDelivery, endpoint: WebhookEndpoint?) async -> WebhookCall.Answer {
        let secrets = claim.url == nil ? endpoint?.secrets ?? [] : configuration.secrets
        let url: WebhookURL
        do throws(WebhookURL.Fault) {
            guard let text = claim.url ?? endpoint?.url.text else { return .fault("No receiver with this name is configured.") }
            url = try WebhookURL(text)
        } catch {
            return .fault("The URL is not valid.")
        }
        guard !secrets.isEmpty else { return .fault("No secret is configured to sign with.") }
        guard url.isSecure || configuration.allowsHTTP else { return .fault("http:// is not allowed by the configuration.") }
        let message = WebhookMessage(claim, source: configuration.source, secrets: secrets, time: Int64(Date.now.timeIntervalSince1970))
        return await call.about(LogSubject(claim)).send(message, to: url)
    }

    /// Tried until the lease is nearly over; after that another process tries the delivery again, under the same ID.
    private func write(_ claim: ClaimedDelivery, outcome: DeliveryOutcome) async {
        let end = clock.now + configuration.lease.duration - configuration.timeLimit
        while true {
            do throws(StoreError) {
                let isOurs = try await store.settle(claim, as: outcome)
                if !isOurs { logger.notice("Another process has tried this delivery in the meantime", metadata: Self.metadata(claim)) }
                return
            } catch {
                logger.warning("The result of a delivery could not be stored yet", metadata: Self.metadata(claim, error: error))
                guard error.code != .corrupt, clock.now < end, !Task.isCancelled else { return }
            }
            // Canceled only when the process ends at once: then the lease runs out.
            do { try await clock.sleep(until: clock.now + .milliseconds(500)) } catch { return }
        }
    }

    private func report(_ claim: ClaimedDelivery, outcome: DeliveryOutcome) {
        switch outcome.fate {
        case .delivered, .again: return
        case .exhausted: logger.warning("A delivery was exhausted: all its tries failed", metadata: Self.metadata(claim))
        case .disabled(nil): logger.notice("The receiver of a callback answered 410 Gone", metadata: Self.metadata(claim))
        case .disabled: logger.error("A configured receiver answered 410 Gone and was disabled", metadata: Self.metadata(claim))
        }
    }

    private static func metadata(_ claim: ClaimedDelivery, error: StoreError? = nil) -> Logger.Metadata {
        var metadata = Logger.Metadata.about(LogSubject(claim), and: [LogKey.address: "\(claim.endpoint)"])
        if let error { metadata[LogKey.error] = "\(error)" }
        return metadata
    }
}
