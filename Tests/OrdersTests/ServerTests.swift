import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Orders
import Testing

@Suite("The services over HTTP")
struct ServerTests {
    @Test("each endpoint answers, replays and undoes")
    func endpoints() async throws {
        try await withFolder { folder in
            try await Town.with(folder: folder) { town in
                for (name, forward, undo) in [
                    (ServiceName.inventory, "/reserve", "/release"), (.payments, "/charge", "/refund"),
                    (.shipping, "/ship", "/cancel-shipment"),
                ] {
                    let first = try await town.post(name, forward, StepCall(.sample(), epoch: 5))
                    #expect(first.status == 200)
                    #expect(first.contentType == "application/json")
                    var replay = try await town.post(name, forward, StepCall(.sample(), epoch: 6, attempt: 2))
                    #expect(replay.isReplay)
                    replay.isReplay = false
                    #expect(replay == first)
                    #expect(try await town.post(name, forward, StepCall(.sample(), epoch: 5)).status == 409)
                    let undone = try await town.post(name, undo, StepCall(.sample(), undo: true, epoch: 7))
                    #expect(undone.status == 200)
                    #expect(try await town.post(name, undo, StepCall(.sample(), undo: true, epoch: 8)).body == undone.body)
                }
            }
        }
    }

    @Test("a refusal is a problem, with Retry-After when it may be tried again")
    func problems() async throws {
        try await withFolder { folder in
            try await Town.with(folder: folder) { town in
                let declined = try await town.post(.payments, "/charge", StepCall(.sample(17)))
                #expect(declined.status == 402)
                #expect(declined.contentType == "application/problem+json")
                #expect(declined.retryAfter == nil)
                let busy = try await town.post(.shipping, "/ship", StepCall(.sample(19)))
                #expect(busy.status == 503)
                #expect(busy.retryAfter == "1")
                #expect(busy.contentType == "application/problem+json")
            }
        }
    }

    @Test("a cut connection carries no answer, and the charge has happened")
    func cutConnection() async throws {
        try await withFolder { folder in
            try await Town.with(folder: folder) { town in
                await #expect(throws: HTTPClientError.remoteConnectionClosed) {
                    try await town.post(.payments, "/charge", StepCall(.sample(13)))
                }
                let retry = try await town.post(.payments, "/charge", StepCall(.sample(13), attempt: 2))
                #expect(retry.status == 200)
                #expect(retry.isReplay)
            }
        }
    }

    @Test("an answer held back ends with the connection, and the charge has happened")
    func heldBack() async throws {
        try await withFolder { folder in
            try await Town.with(folder: folder, heldBack: .zero) { town in
                await #expect(throws: HTTPClientError.remoteConnectionClosed) {
                    try await town.post(.payments, "/charge", StepCall(.sample(26)))
                }
                let retry = try await town.post(.payments, "/charge", StepCall(.sample(26), attempt: 2))
                #expect(retry.isReplay)
            }
        }
    }

    @Test("a caller that gives up waiting frees the service, which can stop")
    func callerGivesUp() async throws {
        try await withFolder { folder in
            // The services stop when the body ends; they would wait an hour for the answer that is held back.
            try await Town.with(folder: folder, heldBack: .seconds(3_600)) { town in
                let error = await #expect(throws: HTTPClientError.self) {
                    _ = try await town.post(.payments, "/charge", StepCall(.sample(26)), timeout: .milliseconds(200))
                }
                #expect(error == .deadlineExceeded)
            }
        }
    }

    @Test(
        "a call that cannot be read is told what is wrong",
        arguments: [
            ([], "{}", 400, "missing-key"), ([("idempotency-key", "a b")], "{}", 400, "unreadable-key"),
            ([("idempotency-key", "k"), ("stepstream-epoch", "-1")], "{}", 400, "unreadable-epoch"),
            ([("idempotency-key", "k")], "{", 400, "unreadable-request"), ([("idempotency-key", "k")], "{}", 422, "unreadable-request"),
        ] as [([(String, String)], String, Int, String)]
    )
    func unreadable(headers: [(String, String)], body: String, status: Int, problem: String) async throws {
        try await withFolder { folder in
            try await Town.with(folder: folder) { town in
                let reply = try await town.post(.inventory, "/reserve", headers: headers, body: body)
                #expect(reply.status == status)
                #expect(reply.body.contains("problems/\(problem)"))
                #expect(reply.contentType == "application/problem+json")
            }
        }
    }

    @Test("a missing member is named with a pointer")
    func pointer() async throws {
        try await withFolder { folder in
            try await Town.with(folder: folder) { town in
                let body = #"{"operation":"o","type":"place-order","step":"s","attempt":1,"input":{"orderId":1,"customer":{"id":"A"}}}"#
                let reply = try await town.post(.inventory, "/reserve", headers: [("idempotency-key", "o/s")], body: body)
                #expect(reply.body.contains("/input/customer/company is missing"))
            }
        }
    }

    @Test("a path that is not there, a body that is too large and a wrong method are problems too")
    func strayCalls() async throws {
        try await withFolder { folder in
            try await Town.with(folder: folder) { town in
                let lost = try await town.post(.inventory, "/charge", StepCall(.sample()))
                #expect(lost.status == 404)
                #expect(lost.contentType == "application/problem+json")
                let huge = String(repeating: " ", count: 1_048_577)
                let large = try await town.post(.inventory, "/reserve", headers: [("idempotency-key", "k")], body: huge)
                #expect(large.status == 413)
                #expect(large.contentType == "application/problem+json")
                let response = try await town.http.execute(
                    .init(url: "http://127.0.0.1:\(town.ports.inventory)/reserve"),
                    timeout: .seconds(30)
                )
                #expect([404, 405].contains(response.status.code))
            }
        }
    }
}
