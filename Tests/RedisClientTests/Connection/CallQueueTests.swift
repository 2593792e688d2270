import NIOCore
import Testing

@testable import RedisClient

@Suite("Queue of calls")
struct CallQueueTests {
    typealias Queue = CallQueue<String>

    static func entry(_ item: String, bytes: Int = 10, replies: Int = 1, deadline: Int = 100) -> Queue.Entry {
        Queue.Entry(item: item, bytes: bytes, replies: replies, deadline: .uptimeNanoseconds(UInt64(deadline)))
    }

    static func limits(calls: Int = 100, bytes: Int = 1_000) -> RedisConfiguration.Limits {
        var limits = RedisConfiguration.Limits()
        limits.queuedCalls = calls
        limits.queuedBytes = bytes
        return limits
    }

    private func refusal(_ admission: Queue.Admission) -> RedisError? {
        if case .refused(let error) = admission { error } else { nil }
    }

    private func drains(_ admission: Queue.Admission) -> Bool {
        if case .queued(drain: true, _) = admission { true } else { false }
    }

    @Test("only the first call of a turn wakes the event loop")
    func oneWakeUp() {
        var queue = Queue(limits: Self.limits())
        #expect(queue.connected() == true)
        #expect(drains(queue.offer(Self.entry("a"))))
        #expect(!drains(queue.offer(Self.entry("b"))))
        #expect(queue.take(upTo: 1_000).map(\.item) == ["a", "b"])
        #expect(drains(queue.offer(Self.entry("c"))))
    }

    @Test("a wake-up that was asked for is forgotten with the connection it was meant for")
    func wakeUpDiesWithConnection() {
        var queue = Queue(limits: Self.limits())
        #expect(queue.connected() == true)
        #expect(drains(queue.offer(Self.entry("a"))))
        queue.disconnected()
        #expect(queue.take(upTo: 1_000).count == 0)
        #expect(!drains(queue.offer(Self.entry("b"))))
        #expect(queue.connected() == true)
        #expect(drains(queue.offer(Self.entry("c"))))
        #expect(queue.take(upTo: 1_000).map(\.item) == ["a", "b", "c"])
    }

    @Test("a batch has at least one call, and otherwise keeps below its limit")
    func batches() {
        var queue = Queue(limits: Self.limits())
        #expect(queue.connected() == true)
        for (item, bytes) in [("a", 500), ("b", 60), ("c", 30), ("d", 20)] { _ = queue.offer(Self.entry(item, bytes: bytes)) }
        #expect(queue.take(upTo: 100).map(\.item) == ["a"])
        #expect(queue.take(upTo: 100).map(\.item) == ["b", "c"])
        #expect(queue.take(upTo: 100).map(\.item) == ["d"])
        #expect(queue.take(upTo: 100).count == 0)
    }

    @Test("calls and bytes under way count until they are released")
    func bounds() {
        var queue = Queue(limits: Self.limits(calls: 3, bytes: 100))
        #expect(queue.connected() == true)
        #expect(refusal(queue.offer(Self.entry("a", replies: 2))) == nil)
        #expect(queue.take(upTo: 1_000).count == 1)
        #expect(refusal(queue.offer(Self.entry("b", replies: 2)))?.code == .busy)
        #expect(refusal(queue.offer(Self.entry("c", bytes: 95)))?.code == .busy)
        #expect(refusal(queue.offer(Self.entry("c", bytes: 95)))?.errorClass == .notApplied)
        queue.release(calls: 2, bytes: 10)
        #expect(refusal(queue.offer(Self.entry("b", replies: 2))) == nil)
        #expect(queue.calls == 2)
        #expect(queue.bytes == 10)
    }

    @Test("a call that could never fit is the caller's mistake, not a busy moment")
    func tooLarge() {
        var queue = Queue(limits: Self.limits(calls: 3, bytes: 100))
        #expect(refusal(queue.offer(Self.entry("a", bytes: 101)))?.code == .refusedCommand)
        #expect(refusal(queue.offer(Self.entry("a", replies: 4)))?.code == .refusedCommand)
    }

    @Test("waiting calls expire in order, and free their room")
    func expiry() {
        var queue = Queue(limits: Self.limits())
        for (item, deadline) in [("a", 10), ("b", 20), ("c", 30)] { _ = queue.offer(Self.entry(item, deadline: deadline)) }
        #expect(queue.expire(.uptimeNanoseconds(20)) == ["a", "b"])
        #expect(queue.calls == 1)
        #expect(queue.expire(.uptimeNanoseconds(20)).count == 0)
    }

    @Test("one watch at a time: it moves to the earliest limit, and ends when nothing is under way")
    func watch() {
        var queue = Queue(limits: Self.limits())
        guard case .queued(_, .some(let first)) = queue.offer(Self.entry("a", deadline: 10)),
            case .queued(_, nil) = queue.offer(Self.entry("b", deadline: 20))
        else {
            Issue.record("the first call starts the watch, the second finds it")
            return
        }
        #expect(first == .uptimeNanoseconds(10))
        #expect(queue.expire(first) == ["a"])
        #expect(queue.nextWatch(nil) == .uptimeNanoseconds(20))
        #expect(queue.nextWatch(.uptimeNanoseconds(15)) == .uptimeNanoseconds(15))
        #expect(queue.expire(.uptimeNanoseconds(20)) == ["b"])
        #expect(queue.nextWatch(nil) == nil)
        guard case .queued(_, .some) = queue.offer(Self.entry("c")) else {
            Issue.record("a call after the end of a watch starts a new one")
            return
        }
    }

    @Test("refused credentials fail what waits and what comes, until a connection stands or fails otherwise")
    func refusedCredentials() {
        var queue = Queue(limits: Self.limits())
        _ = queue.offer(Self.entry("a"))
        let error = RedisError(.wrongPassword, "no", class: .configuration)
        #expect(queue.refuse(error) == ["a"])
        #expect(refusal(queue.offer(Self.entry("b")))?.code == .wrongPassword)
        #expect(queue.calls == 0)
        queue.disconnected()
        #expect(refusal(queue.offer(Self.entry("c"))) == nil)
        #expect(queue.refuse(error) == ["c"])
        #expect(queue.connected() == true)
        #expect(refusal(queue.offer(Self.entry("d"))) == nil)
    }

    @Test("a shutdown takes no more calls and is done when the last is released")
    func shutdown() {
        var queue = Queue(limits: Self.limits())
        #expect(queue.connected() == true)
        _ = queue.offer(Self.entry("a"))
        queue.shutDown()
        #expect(!queue.isDrained)
        #expect(refusal(queue.offer(Self.entry("b")))?.code == .closed)
        #expect(queue.take(upTo: 100).map(\.item) == ["a"])
        queue.release(calls: 1, bytes: 10)
        #expect(queue.isDrained)
    }

    @Test("nothing revives a closed queue")
    func closed() {
        var queue = Queue(limits: Self.limits())
        _ = queue.offer(Self.entry("a"))
        #expect(queue.close() == ["a"])
        #expect(queue.connected() == false)
        queue.disconnected()
        #expect(refusal(queue.offer(Self.entry("b")))?.code == .closed)
        #expect(queue.calls == 0)
    }
}
