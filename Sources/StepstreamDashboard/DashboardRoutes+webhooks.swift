import Hummingbird
import Stepstream
import StepstreamAPI

// Deliveries to receivers of webhooks.
extension DashboardRoutes {
    /// How many operations a page shows the deliveries of.
    private static let size = 25
    private static let receivers = 100

    func addWebhooks(to endpoints: inout Endpoints) {
        page("/dashboard/webhooks", to: &endpoints) { request, _, pageAccess in
            let page = try await webhooks(OperationFilter(request), as: Caller(of: request), pageAccess: pageAccess)
            return frame("Webhooks", section: .webhooks, live: .lists, health: await readings.health.current(), content: page.content)
        }
        form("/dashboard/operations/{id}/deliveries/{n}", to: &endpoints) { request, context, _ in
            let (number, id) = (context.parameters.get("n"), context.parameters.get("id"))
            return .operation(try await parts.deliveries.replay(number, of: id, as: Caller(of: request)).0)
        }
        answer("/dashboard/webhooks/replay", to: &endpoints) { request, _, form in try await replay(form, as: Caller(of: request)) }
    }

    private func webhooks(_ filter: OperationFilter, as caller: Caller, pageAccess: PageAccess) async throws -> WebhooksPage {
        let since = filter.since.length == nil ? .hour : filter.since
        let time = Milliseconds(Milliseconds.now.count - (since.length ?? 0).count)
        var rows: [(operation: OperationID, delivery: Delivery)] = []
        let deliveries = parts.deliveries.store
        let page = try await deliveries.ledgers(since: time, after: filter.page, limit: Self.size)
        for id in page.operations {
            guard let ledger = try await deliveries.ledger(of: id), ledger.tenant == caller.tenant else { continue }
            rows += ledger.deliveries.map { (id, $0) }
        }
        return WebhooksPage(
            endpoints: parts.configuration.endpoints,
            receivers: try await deliveries.receivers(limit: Self.receivers),
            rows: rows,
            since: since,
            next: page.nextToken,
            access: pageAccess
        )
    }

    private func replay(_ form: FormBody, as caller: Caller) async throws -> Response {
        let now = Milliseconds.now
        let since = form["since"].flatMap(OperationFilter.Since.init(rawValue:))?.length ?? 3_600_000
        let members: [(String, JSONText.Fragment)] = [
            ("endpoint", .string(form["endpoint"] ?? "")),
            ("from", .string(Timestamp.text(Milliseconds(now.count - since.count)))), ("to", .string(Timestamp.text(now))),
        ]
        let wanted = try ReplayRequest(try parts.bodies.parse(Array(JSONText.object(members).text.utf8)))
        var count = 0
        var isMore = false
        var page = wanted
        // A form waits for its answer: what is left after some pages is shown.
        for _ in 0..<10 {
            let (replayed, next) = try await parts.deliveries.replay(page, as: caller)
            count += replayed
            isMore = next != nil
            guard let next else { break }
            page.pageToken = next
        }
        let content = HTML(.section) {
            HTML(.h1) { "\(Format.count(count)) deliveries are tried again" }
            if isMore { HTML(.p) { "There are more. Replay again to continue." } }
            HTML(.p) { HTML(.a, .href(.webhooks)) { "Back to the webhooks" } }
        }
        return DashboardGuard.response(
            frame("Webhooks", section: .webhooks, health: await readings.health.current(), content: content).html
        )
    }
}
