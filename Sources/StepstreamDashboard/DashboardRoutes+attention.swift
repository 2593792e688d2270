import Hummingbird
import Stepstream
import StepstreamAPI

// What needs a person.
extension DashboardRoutes {
    /// How many operations one form may name.
    private static let most = 200

    func addAttention(to endpoints: inout Endpoints) {
        page("/dashboard/attention", to: &endpoints) { request, _, pageAccess in
            let filter = OperationFilter(request)
            var query = ListQuery(tenant: Caller(of: request).tenant, pageSize: 100)
            query.needsAttention = true
            query.pageToken = filter.page
            let page = AttentionPage(page: try await parts.store.operations.list(query), filter: filter, access: pageAccess)
            return frame("Attention", section: .attention, live: .lists, health: await readings.health.current(), content: page.content)
        }
        answer("/dashboard/attention", to: &endpoints) { request, _, form in try await bulk(request, form: form) }
    }

    /// The same command on each that was chosen, one by one: what is refused of one says nothing of the others.
    private func bulk(_ request: Request, form: FormBody) async throws -> Response {
        guard let command = form["command"].flatMap(CommandButton.init), let name = CommandRequest.Name(rawValue: command.rawValue) else {
            throw RequestProblem(.malformed, "The command is missing.")
        }
        let wanted = try CommandRequest(name, body: try body(of: form, suffix: "-" + command.rawValue))
        var done: [OperationID] = []
        var refused: [(id: String, words: String)] = []
        for id in form.values("id").prefix(Self.most) {
            do {
                done.append(try await parts.operations.perform(wanted, on: id, as: Caller(of: request)).id)
            } catch let problem as RequestProblem {
                refused.append((id, problem.detail ?? problem.kind.title))
            }
        }
        let page = BulkPage(command: command, done: done, refused: refused)
        return DashboardGuard.response(
            frame("Attention", section: .attention, health: await readings.health.current(), content: page.content).html
        )
    }
}
