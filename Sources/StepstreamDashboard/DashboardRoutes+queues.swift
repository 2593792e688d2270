import Hummingbird
import Stepstream
import StepstreamAPI

// Queues and what is in them.
extension DashboardRoutes {
    func addQueues(to endpoints: inout Endpoints) {
        page("/dashboard/queues", to: &endpoints) { _, _, _ in
            var health = await readings.health.current()
            if health.counts != nil { health.queues = try await parts.queues.states() }
            return frame("Queues", section: .queues, live: .queues, health: health, content: QueuesPage(health: health).content)
        }
        page("/dashboard/queues/{queue}", to: &endpoints) { _, context, pageAccess in
            let state = try await parts.queues.state(context.parameters.get("queue"))
            let contents = try await parts.store.queues.contents(of: state.queue, limit: QueuePage.most)
            let page = QueuePage(state: state, contents: contents, access: pageAccess)
            return frame(state.queue.text, section: .queues, live: .lists, health: await readings.health.current(), content: page.content)
        }
        for (name, isPaused) in [("pause", true), ("resume", false)] {
            form("/dashboard/queues/{queue}/\(name)", to: &endpoints) { _, context, _ in
                .queue(try await parts.queues.pause(context.parameters.get("queue"), isPaused: isPaused).queue)
            }
        }
    }
}
