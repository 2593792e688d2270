import Foundation
import Orders
import Testing

@Suite("What an operation's report says of an order")
struct OperationViewTests {
    @Test("a succeeded one holds everything, and its retries are counted")
    func succeeded() throws {
        let followed = try follow(#""status":"Succeeded","phase":"done","error":null"#, charge: #""status":"Succeeded","attempts":3"#)
        #expect(followed.outcome == .succeeded)
        #expect(followed.retries == 2)
        #expect(followed.operation == "op-1")
    }

    @Test("a failed one without undo holds what its steps did")
    func failed() throws {
        let followed = try follow(
            #""status":"Failed","phase":"done","error":{"type":"/problems/step-failed","title":"x","cause":{"type":"https://orders.example/problems/card-declined"}}"#,
            charge: #""status":"Failed","attempts":1"#
        )
        #expect(followed.outcome == .failed(reason: "card-declined"))
        #expect(followed.holds == [.stock: .all, .money: .nothing, .shipment: .nothing, .mail: .nothing])
    }

    @Test(
        "what was undone is not held, however it is told",
        arguments: [
            (#","undo":{"undone":["reserve-stock"],"failed":[],"kept":[]}"#, ""), ("", #","undo":"Succeeded""#),
            ("", #","undo":{"status":"Succeeded"}"#),
        ]
    )
    func undone(report: String, step: String) throws {
        let followed = try follow(
            #""status":"Failed","phase":"undone","error":{"type":"about:blank","title":"Declined"\#(report)}"#,
            reserve: #""status":"Succeeded""# + step,
            charge: #""status":"Failed","attempts":1"#
        )
        #expect(followed.outcome == .failed(reason: "Declined"))
        #expect(followed.holds[.stock] == .nothing)
    }

    @Test("what is unknown, or whose undo failed, may be held")
    func unknown() throws {
        let followed = try follow(
            #""status":"Failed","phase":"undo-failed","error":{"title":"x","undo":{"failed":["reserve-stock"]}}"#,
            charge: #""status":"Failed","attempts":8,"uncertain":true"#
        )
        #expect(followed.holds[.stock] == .allOrNothing)
        #expect(followed.holds[.money] == .allOrNothing)
    }

    @Test("it has not ended while it is being undone")
    func undoing() throws {
        #expect(try !view(#""status":"Failed","phase":"undoing""#).hasEnded)
        #expect(try !view(#""status":"Running","phase":"executing""#).hasEnded)
        #expect(try view(#""status":"Failed","phase":"undone""#).hasEnded)
        #expect(try view(#""status":"Canceled""#).hasEnded)
    }

    private func follow(_ members: String, reserve: String = #""status":"Succeeded""#, charge: String) throws -> FollowedOrder {
        try view(
            members,
            steps: #"{"name":"reserve-stock",\#(reserve)},{"name":"charge-payment",\#(charge)},{"name":"ship","status":"Canceled"}"#
        )
        .followed(.sample())
    }

    private func view(_ members: String, steps: String = "") throws -> OperationView {
        try JSONDecoder().decode(OperationView.self, from: Data(#"{"id":"op-1",\#(members),"steps":[\#(steps)]}"#.utf8))
    }
}
