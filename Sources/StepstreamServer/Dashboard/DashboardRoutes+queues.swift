import Hummingbird
import Stepstream

// Queues and what is in them.
extension DashboardRoutes {
    func addQueues(to endpoints: inout Endpoints) {
        page("/dashboard/queues", &endpoints) { _, _, _ in
            var health = await readings.health.current()
            if health.counts != nil { health.queues = try await queues.states() }
            return frame("Queues", .queues, live: .queues, health, QueuesPage(health: health).content)
        }
        page("/dashboard/queues/{queue}", &endpoints) { _, context, visitor in
            let state = try await queues.state(context.parameters.get("queue"))
            let contents = try await store.contents(of: state.queue, limit: QueuePage.most)
            let page = QueuePage(state: state, contents: contents, visitor: visitor)
            return frame(state.queue.text, .queues, live: .lists, await readings.health.current(), page.content)
        }
        for (name, isPaused) in [("pause", true), ("resume", false)] {
            form("/dashboard/queues/{queue}/\(name)", &endpoints) { _, context, _ in
                .queue(try await queues.pause(context.parameters.get("queue"), isPaused).queue)
            }
        }
    }
}
