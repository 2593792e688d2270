/// One line of the table.
struct Figure: Hashable, Sendable {
    let section: Section
    let name: String
    let unit: String

    /// The parts of the table, in their order.
    enum Section: String, Sendable, CaseIterable {
        case submit = "Submit from the library, 64 in flight"
        case drain = "Drain by one worker in this process, 512 attempts at once"
        case both = "Submit and drain at once"
        case raw = "A raw cycle in C over hiredis, without any of the guarantees"
        case http = "Submit over HTTP to `stepstream serve`, by wrk"
        case empty = "The same to a Hummingbird route that only decodes"
        case five = "Drain operations of five steps"
        case handler = "Drain operations whose step calls a service over HTTP"
        case memoryOnly = "Without an append-only file"
        case always = "With appendfsync always"
        case ceiling = "The same scripts by redis-benchmark: the ceiling"
        case memory = "Memory of Redis"
        case latency = "Latency at 50/s, from the submission's call"
        case halfLoad = "Latency at half of what submit and drain reach at once"
        case idle = "Idle: one worker and its store"
    }
}

extension Figure {
    static let submitRate = Figure(section: .submit, name: "submitted", unit: "op/s")
    static let drainRate = Figure(section: .drain, name: "drained", unit: "op/s")
    static let startRate = Figure(section: .drain, name: "begun, from the first start to the last", unit: "op/s")
    static let bothRate = Figure(section: .both, name: "submitted and drained", unit: "op/s")

    static func ourCPU(_ section: Section) -> Figure { Figure(section: section, name: "our CPU", unit: "µs/op") }
    static func redisCPU(_ section: Section) -> Figure { Figure(section: section, name: "Redis's CPU, AOF thread included", unit: "µs/op") }
    static func scripts(_ section: Section) -> Figure {
        Figure(section: section, name: "inside scripts, by the clock (INFO commandstats)", unit: "µs/op")
    }
    static func reads(_ section: Section) -> Figure { Figure(section: section, name: "inside XREADGROUP, by the clock", unit: "µs/op") }
    static func commands(_ section: Section) -> Figure { Figure(section: section, name: "commands sent", unit: "/op") }
    static func writes(_ section: Section) -> Figure { Figure(section: section, name: "round trips (writes to sockets)", unit: "/op") }
    static func sent(_ section: Section) -> Figure { Figure(section: section, name: "sent", unit: "B/op") }
    static func received(_ section: Section) -> Figure { Figure(section: section, name: "received", unit: "B/op") }

    static func resident(_ section: Section) -> Figure { Figure(section: section, name: "resident memory of the process", unit: "MB") }

    static let rawSubmitRate = Figure(section: .raw, name: "submitted", unit: "op/s")
    static let rawDrainRate = Figure(section: .raw, name: "drained", unit: "op/s")
    static let rawBothRate = Figure(section: .raw, name: "submitted, then drained", unit: "op/s")
    static let rawSubmitShare = Figure(section: .raw, name: "our submit / raw submit", unit: "%")
    static let rawDrainShare = Figure(section: .raw, name: "our drain / raw drain", unit: "%")
    static let rawBothShare = Figure(section: .raw, name: "ours at once / raw submit, then drain", unit: "%")

    static let httpSingle = Figure(section: .http, name: "one connection", unit: "op/s")
    static let httpWide = Figure(section: .http, name: "64 connections", unit: "op/s")
    static let httpBatch = Figure(section: .http, name: "NDJSON, 100 a request, 4 connections", unit: "op/s")
    static let httpShare = Figure(section: .http, name: "64 connections / the empty route", unit: "%")
    static let emptySingle = Figure(section: .empty, name: "one connection", unit: "op/s")
    static let emptyWide = Figure(section: .empty, name: "64 connections", unit: "op/s")
    static let emptyBatch = Figure(section: .empty, name: "NDJSON, 100 a request, 4 connections", unit: "op/s")
    static let fiveRate = Figure(section: .five, name: "drained", unit: "op/s")
    static let handlerRate = Figure(section: .handler, name: "drained", unit: "op/s")

    static let submitCeiling = Figure(section: .ceiling, name: "submit", unit: "op/s")
    static let beginCeiling = Figure(section: .ceiling, name: "begin", unit: "op/s")
    static let commitCeiling = Figure(section: .ceiling, name: "commit", unit: "op/s")
    static let drainCeiling = Figure(section: .ceiling, name: "begin, then commit", unit: "op/s")
    static let submitFloor = Figure(section: .ceiling, name: "submit inside Redis", unit: "µs/op")
    static let beginFloor = Figure(section: .ceiling, name: "begin inside Redis", unit: "µs/op")
    static let commitFloor = Figure(section: .ceiling, name: "commit inside Redis", unit: "µs/op")
    static let submitShare = Figure(section: .ceiling, name: "our submit / ceiling", unit: "%")
    static let bothShare = Figure(section: .ceiling, name: "both at once / ceiling of submit, begin, then commit", unit: "%")
    static let drainShare = Figure(section: .ceiling, name: "our drain / ceiling of begin, then commit", unit: "%")

    static let waitingBytes = Figure(section: .memory, name: "a waiting operation, input of 200 B", unit: "B/op")
    static let endedBytes = Figure(section: .memory, name: "an ended operation, input of 200 B", unit: "B/op")

    static func delay(_ what: String, _ percent: Double, _ section: Section) -> Figure {
        Figure(section: section, name: "\(what), p\(percent.rounded() == percent ? String(Int(percent)) : String(percent))", unit: "ms")
    }
    static let halfLoadRate = Figure(section: .halfLoad, name: "submitted", unit: "op/s")

    static let idleCommands = Figure(section: .idle, name: "commands sent", unit: "/s")
    static let idleCalls = Figure(section: .idle, name: "commands run, those inside scripts included", unit: "/s")
    static let idleCPU = Figure(section: .idle, name: "our CPU", unit: "ms/s")
}
