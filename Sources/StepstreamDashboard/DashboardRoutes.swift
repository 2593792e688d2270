import HTTPTypes
import Hummingbird
import NIOCore
import Stepstream
package import StepstreamAPI

/// The dashboard: pages at `/` and under `/dashboard`, made of the same reads, and giving the same commands, as the API.
package struct DashboardRoutes: Sendable {
    let parts: APIParts
    let readings: Readings
    /// What makes pages change while they are looked at; to be run.
    package let liveUpdates: LiveUpdates
    let events: EventRoutes
    let access: DashboardGuard

    /// The dashboard over `parts`; `events`: the histories that pages follow.
    package init(_ parts: APIParts, events: EventRoutes) {
        self.parts = parts
        self.events = events
        readings = Readings(health: parts.health, topology: parts.topology, counts: parts.store.counts)
        liveUpdates = LiveUpdates(readings: readings)
        access = DashboardGuard(parts.configuration)
    }

    typealias Page = @Sendable (Request, APIContext, PageAccess) async throws -> PageFrame

    /// Adds all pages; none when there is to be no dashboard.
    package func add(to endpoints: inout Endpoints) {
        guard parts.configuration.dashboard != .off else { return }
        for path in ["/", "/dashboard"] {
            page(path, to: &endpoints) { _, _, _ in await overview() }
        }
        endpoints.on(.get, at: "/dashboard/operations", produces: .html) { request, _ in
            try await answer(request) { pageAccess, cookie in try await operations(request, pageAccess: pageAccess, cookie: cookie) }
        }
        page("/dashboard/operations/{id}", to: &endpoints) { request, context, pageAccess in
            try await operation(context.parameters.get("id"), as: Caller(of: request), pageAccess: pageAccess)
        }
        endpoints.on(.get, at: "/dashboard/operations/{id}/events", produces: .events) { request, context in
            _ = try access.admit(request)
            return try await events.follow(request, in: context)
        }
        addQueues(to: &endpoints)
        addAttention(to: &endpoints)
        addWebhooks(to: &endpoints)
        addTopology(to: &endpoints)
        endpoints.on(.get, at: "/dashboard/live/{topic}", produces: .events) { request, context in try await live(request, in: context) }
        for asset in Asset.all {
            endpoints.on(.get, at: "/dashboard/\(asset.name)", produces: .html) { request, _ in asset.response(to: request) }
        }
        for command in CommandButton.allCases {
            form("/dashboard/operations/{id}/\(command.rawValue)", to: &endpoints) { request, context, form in
                try await self.command(command, for: request, in: context, form: form)
            }
        }
    }

    // MARK: Ways in

    /// A page at `path`.
    func page(_ path: String, to endpoints: inout Endpoints, make: @escaping Page) {
        endpoints.on(.get, at: path, produces: .html) { request, context in
            try await answer(request) { pageAccess, cookie in
                DashboardGuard.response(try await make(request, context, pageAccess).html, cookie: cookie)
            }
        }
    }

    /// What a form at `path` leads to.
    func form(
        _ path: String,
        to endpoints: inout Endpoints,
        command: @escaping @Sendable (Request, APIContext, FormBody) async throws -> Link
    ) {
        answer(path, to: &endpoints) { request, context, form in
            DashboardGuard.response(seeOther: try await command(request, context, form))
        }
    }

    /// What a form at `path` is answered with.
    func answer(
        _ path: String,
        to endpoints: inout Endpoints,
        command: @escaping @Sendable (Request, APIContext, FormBody) async throws -> Response
    ) {
        endpoints.on(.post, at: path, produces: .html) { request, context in
            try await renderingProblems {
                let form = try await FormBody(request, bodies: parts.bodies, upTo: parts.configuration.bodyLimit)
                _ = try access.admit(request, token: form[PostForm.tokenField])
                return try await command(request, context, form)
            }
        }
    }

    private func answer(_ request: Request, make: (PageAccess, String?) async throws -> Response) async throws -> Response {
        try await renderingProblems {
            let (pageAccess, cookie) = try access.admit(request)
            return try await make(pageAccess, cookie)
        }
    }

    /// Shows problems as pages.
    private func renderingProblems(_ make: () async throws -> Response) async throws -> Response {
        do {
            return try await make()
        } catch let problem as RequestProblem {
            return trouble(problem)
        } catch let error as StoreError {
            return trouble(RequestProblem(error))
        }
    }

    private func trouble(_ problem: RequestProblem) -> Response {
        let frame = PageFrame(title: problem.kind.title, section: nil, attention: nil, content: TroublePage(problem: problem).content)
        return DashboardGuard.response(frame.html, status: problem.kind.status)
    }

    // MARK: Pages

    func frame(
        _ title: String,
        section: PageFrame.Section,
        live: LiveTopic = .numbers,
        health: StoreHealth,
        content: HTML
    ) -> PageFrame {
        PageFrame(title: title, section: section, live: live, attention: health.counts?.attention, content: content)
    }

    private func overview() async -> PageFrame {
        let health = await readings.health.current()
        let page = OverviewPage(health: health, counts: await readings.counts())
        return frame("Overview", section: .overview, live: .overview, health: health, content: page.content)
    }

    private func operations(_ request: Request, pageAccess: PageAccess, cookie: String?) async throws -> Response {
        let caller = Caller(of: request)
        // A form writes spaces as plus signs, and no ID holds either.
        if let wanted = request.uri.queryParameters["id"]?.filter({ $0 != "+" && !$0.isWhitespace }), !wanted.isEmpty {
            return DashboardGuard.response(seeOther: .operation(try await parts.store.operations.operation(wanted, of: caller).id))
        }
        let filter = OperationFilter(request)
        let page = OperationsPage(
            page: try await parts.store.operations.list(filter.listQuery(of: caller)),
            filter: filter,
            types: parts.catalog.definitions.map(\.type).sorted()
        )
        let html = frame("Operations", section: .operations, live: .lists, health: await readings.health.current(), content: page.content)
            .html
        return DashboardGuard.response(html, cookie: cookie)
    }

    private func operation(_ text: String?, as caller: Caller, pageAccess: PageAccess) async throws -> PageFrame {
        guard let id = text.flatMap(OperationID.init), let operation = try await parts.store.operations.read(id, withEvents: true),
            caller.owns(operation)
        else {
            throw RequestProblem.unknownOperation
        }
        let possible = try await parts.operations.possible(on: operation)
        let ledger = try await parts.deliveries.store.ledger(of: id)
        let page = OperationPage(
            operation: operation,
            definition: try await parts.documents.definition(of: operation),
            ledger: ledger?.tenant == caller.tenant ? ledger : nil,
            commands: CommandButton.allCases.filter { possible.contains($0.rawValue) },
            access: pageAccess
        )
        return frame(id.text, section: .operations, health: await readings.health.current(), content: page.content)
    }

    private func live(_ request: Request, in context: APIContext) async throws -> Response {
        _ = try access.admit(request)
        guard let topic = context.parameters.get("topic").flatMap(LiveTopic.init) else { throw RequestProblem(.notFound) }
        let place = try parts.limits.take(for: Caller(of: request).tenant, from: context.channel.remoteAddress?.ipAddress ?? "local")
        let stream = LiveUpdateStream(liveUpdates: liveUpdates, topic: topic, clientGone: await context.clientGone())
        return Response(
            status: .ok,
            headers: [.contentType: "text/event-stream", .cacheControl: "no-store", .accelBuffering: "no"],
            body: ResponseBody { [place] writer in
                defer { withExtendedLifetime(place) {} }
                try await stream.write(to: &writer)
                try await writer.finish(nil)
            }
        )
    }

    // MARK: Commands

    private func command(_ command: CommandButton, for request: Request, in context: APIContext, form: FormBody) async throws -> Link {
        let (id, caller) = (context.parameters.get("id"), Caller(of: request))
        guard let name = CommandRequest.Name(rawValue: command.rawValue) else {
            return .operation(try await parts.operations.cancel(id, as: caller).id)
        }
        return .operation(try await parts.operations.perform(try CommandRequest(name, body: try body(of: form)), on: id, as: caller).id)
    }

    /// A form as the API's body of the same command; the names of its fields may end with `suffix`.
    func body(of form: FormBody, suffix: String = "") throws(RequestProblem) -> JSONNode {
        var members: [(String, JSONText.Fragment)] = []
        for name in ["by", "reason"] {
            if let text = form[name + suffix] { members.append((name, .string(text))) }
        }
        if let result = form["result"] { members.append(("result", .raw(try parts.bodies.parse(Array(result.utf8)).json))) }
        return try parts.bodies.parse(Array(JSONText.object(members).text.utf8))
    }
}
