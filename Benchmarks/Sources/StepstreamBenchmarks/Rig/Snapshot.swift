import CHiredisClient
import Foundation
import Glibc
import RedisClient

/// All counters at one moment.
struct Snapshot: Sendable {
    let time: ContinuousClock.Instant
    /// Our CPU, in microseconds.
    let cpu: Double
    let info: RedisInfo
    /// Our resident memory.
    let residentBytes: Double
    let commands: Int
    let writes: Int
    let sentBytes: Int
    let receivedBytes: Int

    /// Before what is measured: Redis is asked first, so that asking it does not count.
    static func before(_ stand: Stand) async throws -> Snapshot {
        let info = try await stand.info()
        return Snapshot(stand, info, time: .now, cpu: ourCPU())
    }

    /// After what is measured: Redis is asked last.
    static func after(_ stand: Stand) async throws -> Snapshot {
        let (time, cpu) = (ContinuousClock.now, ourCPU())
        return Snapshot(stand, try await stand.info(), time: time, cpu: cpu)
    }

    private init(_ stand: Stand, _ info: RedisInfo, time: ContinuousClock.Instant, cpu: Double) {
        self.time = time
        self.cpu = cpu
        self.info = info
        residentBytes = Self.ourResidentBytes()
        commands = stand.client.statistics.commands
        writes = stand.client.statistics.writes
        sentBytes = stand.client.statistics.bytesOut
        receivedBytes = stand.client.statistics.bytesIn
    }

    /// proc(5), `statm`.
    private static func ourResidentBytes() -> Double {
        guard let text = FileManager.default.contents(atPath: "/proc/self/statm").map({ String(decoding: $0, as: UTF8.self) }) else {
            return .nan
        }
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? .nan
        return pages * Double(sysconf(Int32(_SC_PAGESIZE)))
    }

    /// getrusage(2), all threads.
    private static func ourCPU() -> Double {
        var usage = rusage()
        getrusage(RUSAGE_SELF.rawValue, &usage)
        let microseconds = { (time: timeval) in 1e6 * Double(time.tv_sec) + Double(time.tv_usec) }
        return microseconds(usage.ru_utime) + microseconds(usage.ru_stime)
    }
}

/// What lies between two moments in which `operations` were done.
struct Span: Sendable {
    let from: Snapshot
    let to: Snapshot
    let operations: Int

    /// Operations a second.
    var rate: Double { Double(operations) / from.time.duration(to: to.time).seconds }
    func each(_ counter: (Snapshot) -> Int) -> Double { Double(counter(to) - counter(from)) / Double(operations) }
    func each(_ counter: (Snapshot) -> Double) -> Double { (counter(to) - counter(from)) / Double(operations) }
    /// Microseconds an operation inside a Redis command.
    func microseconds(in command: String) -> Double { each { $0.info.commands[command]?.microseconds ?? 0 } }
}

extension Duration {
    var seconds: Double { self / .seconds(1) }
}
