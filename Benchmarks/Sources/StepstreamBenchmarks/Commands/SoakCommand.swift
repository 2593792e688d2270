import ArgumentParser
import Foundation
import Stepstream
import StepstreamStore

/// Hours of steady load, to see what grows.
struct SoakCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "soak",
        abstract: "Submits and drains at a steady rate, and says every so often what it takes.",
        discussion: """
            Ended operations are kept for ten seconds only, so that the memory of Redis can be flat. At the end comes, for a twentieth of the \
            time, the same load on a fresh Redis with a fresh store and worker in the same process: a machine that became slower is not what \
            has grown. Exit status 1 if between the second and the last tenth of the time the median latency more than doubled and is more \
            than one and a half times that of the fresh start; if our resident memory more than doubled, or Redis's grew by more than a tenth; \
            or if our resident memory grew by more than a tenth over the time, its two largest steps from line to line left out: what a \
            standstill of the machine piles up is given back to the allocator, but not to the system.
            """
    )

    @Option(help: "How long, without the fresh start at the end.")
    var minutes = 60.0

    @Option(help: "Operations a second; half of what submit and drain reach at once here and now unless given.")
    var rate: Int?

    func validate() throws {
        guard minutes >= 5, rate.map({ $0 >= 1 }) ?? true else {
            throw ValidationError("--minutes must be at least 5, as caches and indexes take two to fill; --rate at least 1.")
        }
    }

    /// One line of the report.
    private struct Mark: Sendable {
        var seconds: Double
        var median: Double
        var tail: Double
        var residentMegabytes: Double
        var redisMegabytes: Double
        var slowCommands: Int
    }

    func run() async throws {
        var configuration = RedisStore.Configuration()
        configuration.retention = 10_000
        let rate = if let rate { rate } else { try await halfOfWhatIsReached() }
        FileOutput.standard.write("\(rate) operations a second\n")
        // Its log would grow for ever otherwise: rewriting is what a Redis in service does.
        let settings = ["--auto-aof-rewrite-percentage", "100"]
        let step = Duration.seconds(minutes * 60 / 20)
        FileOutput.standard.write("  after, s   p50, ms   p99, ms   our memory, MB   Redis's, MB   commands over 5 ms\n")
        let marks = try await Stand.with(redis: settings, store: configuration) { try await load($0, rate, 20, step) }
        FileOutput.standard.write("from a fresh start\n")
        let fresh = try await Stand.with(redis: settings, store: configuration) { try await load($0, rate, 2, step / 2) }
        try judge(marks, fresh: fresh[1].median)
    }

    /// Of the slowest of five rounds: a host with other guests is not always as fast, and a rate that cannot be kept piles up for ever.
    private func halfOfWhatIsReached() async throws -> Int {
        var report = Report()
        let throughput = Throughput(plan: .full, workload: try Workload(inputBytes: Plan.full.inputBytes))
        for _ in 1...5 { try await throughput.round(into: &report) }
        guard let slowest = report.values[.bothRate]?.min() else { throw Wrong("It was not measured what submit and drain reach at once.") }
        return max(1, Int(slowest / 2))
    }

    private func load(_ stand: Stand, _ rate: Int, _ lines: Int, _ step: Duration) async throws -> [Mark] {
        let workload = try Workload(inputBytes: Plan.full.inputBytes)
        let watch = StopWatch()
        let run = WorkerRun(stand.store, concurrency: Plan.full.concurrency, handler: watch)
        return try await run.during {
            try await stand.startWatching()
            var marks: [Mark] = []
            let start = ContinuousClock.now
            for number in 1...lines {
                try await submit(rate, until: start + step * number, from: start + step * (number - 1), workload, stand, watch)
                let delays = watch.takeDelays([50, 99]).starts
                let snapshot = try await Snapshot.after(stand)
                let mark = Mark(
                    seconds: start.duration(to: .now).seconds,
                    median: delays[0],
                    tail: delays[1],
                    residentMegabytes: snapshot.residentBytes / 1e6,
                    redisMegabytes: snapshot.info.usedMemory / 1e6,
                    slowCommands: try await stand.slowCommands()
                )
                say(mark)
                marks.append(mark)
            }
            return marks
        }
    }

    private func submit(
        _ rate: Int,
        until end: ContinuousClock.Instant,
        from start: ContinuousClock.Instant,
        _ workload: Workload,
        _ stand: Stand,
        _ watch: StopWatch
    ) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            var sent = 0
            while ContinuousClock.now < end {
                let due = Int(start.duration(to: .now).seconds * Double(rate))
                for id in Workload.ids(due - sent) {
                    group.addTask {
                        watch.submitted(id, isWatched: false)
                        _ = try await stand.store.submit(workload.submission(id))
                    }
                }
                sent = due
                try await Task.sleep(for: .milliseconds(1))
            }
        }
    }

    private func say(_ mark: Mark) {
        let cells = [mark.seconds, mark.median, mark.tail, mark.residentMegabytes, mark.redisMegabytes].map(\.rounded3)
        FileOutput.standard.write(
            "  " + zip(cells, [8, 10, 10, 17, 14]).map { String(repeating: " ", count: max(0, $1 - $0.count)) + $0 }.joined()
                + "   \(mark.slowCommands)\n"
        )
    }

    private func judge(_ marks: [Mark], fresh: Double) throws {
        let (early, late) = (marks[2...3], marks[18...19])
        let middle = { (marks: ArraySlice<Mark>, value: (Mark) -> Double) in marks.map(value).median }
        var faults: [String] = []
        let isSlower = middle(late, \.median) > 2 * middle(early, \.median)
        if isSlower, middle(late, \.median) > 1.5 * fresh { faults.append("the median latency more than doubled") }
        if middle(late, \.residentMegabytes) > 2 * middle(early, \.residentMegabytes) { faults.append("our memory more than doubled") }
        let memory = marks[2...].map(\.residentMegabytes)
        let steps = zip(memory.dropFirst(), memory).map { $0 - $1 }.sorted()
        if steps.dropLast(2).reduce(0, +) > 0.1 * memory[0] { faults.append("our memory grew") }
        if middle(late, \.redisMegabytes) > 1.1 * middle(early, \.redisMegabytes) { faults.append("the memory of Redis grew") }
        guard faults.isEmpty else {
            print("Not flat: \(faults.joined(separator: ", ")).")
            throw ExitCode.failure
        }
        print(
            isSlower ? "Flat, but on a machine that became slower: the median more than doubled, and so it is from a fresh start." : "Flat."
        )
    }
}
