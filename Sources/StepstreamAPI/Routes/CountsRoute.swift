import Hummingbird
import Stepstream

/// `/v1/counts`: what happened in the last minutes, over all processes.
struct CountsRoute: Sendable {
    private let counts: any CountStore

    init(_ parts: APIParts) {
        counts = parts.store.counts
    }

    func add(to endpoints: inout Endpoints) {
        endpoints.on(.get, at: "/v1/counts") { request, _ in
            let text = try QueryParameters(request, known: ["minutes"]).text("minutes") ?? "15"
            guard let minutes = Int(text), (1...1440).contains(minutes) else {
                let fault = RequestProblem.Fault(pointer: "minutes", detail: "A whole number from 1 to 1440.")
                throw RequestProblem(.unprocessable, faults: [fault])
            }
            return Response.json(.object([("minutes", .raw(.array(try await counts.counts(ofLast: minutes).map { .raw(Self.json($0)) })))]))
        }
    }

    private static func json(_ minute: MinuteCounts) -> JSONText {
        var members: [(String, JSONText.Fragment)] = [("time", .string(Timestamp.text(Milliseconds(Int64(minute.minute) * 60_000))))]
        for kind in OperationCounts.Kind.allCases {
            members.append((kind.rawValue, .integer(Int64(minute.counts.counts[kind] ?? 0))))
        }
        for (name, times) in [("durations", minute.counts.durations), ("waits", minute.counts.waits)] {
            members.append((name, .raw(.array(times.map { .integer(Int64($0)) }))))
        }
        return .object(members)
    }
}
