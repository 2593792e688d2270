package import NIOCore

/// Runs tasks on the thread of an event loop, so that what they send and what they get crosses no thread.
///
/// For tasks that never take long and never block: what they do, the loop's connections wait for. Crossing costs 60 to 90 µs where a
/// thread has to be woken (docs/decisions/0013-work-stays-on-its-connection.md).
package final class EventLoopExecutor: TaskExecutor {
    private let eventLoop: any EventLoop

    package init(_ eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        eventLoop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
