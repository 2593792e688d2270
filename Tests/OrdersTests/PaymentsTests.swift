import Foundation
import Orders
import Testing

@Suite("Payments and shipping")
struct PaymentsTests {
    @Test(
        "what goes wrong is chosen by the order's number",
        arguments: [
            (10_248, nil), (11, .unavailable), (13, .connectionCut), (26, .answerHeldBack), (17, .declined), (11 * 13, .connectionCut),
            (11 * 17, .declined), (13 * 17, .declined), (26 * 17, .declined), (22, .unavailable), (11 * 26, .answerHeldBack),
        ] as [(Int, PaymentMishap?)]
    )
    func table(orderId: Int, mishap: PaymentMishap?) {
        #expect(PaymentMishap(orderId: orderId) == mishap)
    }

    @Test("a charge that found the network down charges at the second call")
    func unavailableOnce() async throws {
        try await withFolder { folder in
            let desk = try Desk(Payments(), in: folder)
            let first = try await desk.ledger.perform(StepCall(.sample(11)))
            #expect(first.status == 503)
            #expect(first.retryAfter == 1)
            #expect(try await desk.count("SELECT COUNT(*) FROM payment") == 0)
            let second = try await desk.ledger.perform(StepCall(.sample(11)))
            #expect(second.status == 200)
            #expect(!second.isReplay)
            #expect(try await desk.count("SELECT SUM(cents) FROM payment") == 12 * 1400 + 3238)
        }
    }

    @Test("a charge whose answer is lost is charged, and told at the second call", arguments: [(13, Answer.Delivery.cut), (26, .heldBack)])
    func lostAnswer(orderId: Int, delivery: Answer.Delivery) async throws {
        try await withFolder { folder in
            let desk = try Desk(Payments(), in: folder)
            let first = try await desk.ledger.perform(StepCall(.sample(orderId)))
            #expect(first.delivery == delivery)
            #expect(try await desk.count("SELECT COUNT(*) FROM payment") == 1)
            let second = try await desk.ledger.perform(StepCall(.sample(orderId)))
            #expect(second.delivery == .sent)
            #expect(second.body == first.body)
            #expect(try await desk.count("SELECT COUNT(*) FROM payment") == 1)
        }
    }

    @Test("a declined card is declined every time, and nothing is charged")
    func declined() async throws {
        try await withFolder { folder in
            let desk = try Desk(Payments(), in: folder)
            for _ in 1...2 {
                let answer = try await desk.ledger.perform(StepCall(.sample(17)))
                #expect(answer.status == 402)
                #expect(answer.problemName == "card-declined")
            }
            #expect(try await desk.count("SELECT COUNT(*) FROM payment") == 0)
        }
    }

    @Test("a refund pays back all of it, once")
    func refund() async throws {
        try await withFolder { folder in
            let desk = try Desk(Payments(), in: folder)
            _ = try await desk.ledger.perform(StepCall(.sample()))
            for _ in 1...2 {
                let answer = try await desk.ledger.undo(StepCall(.sample(), undo: true))
                #expect(answer.body == #"{"amount":"200.38","cents":20038,"refunded":true}"#)
            }
            #expect(try await desk.count("SELECT SUM(cents - refundedCents) FROM payment") == 0)
            #expect(try await desk.count("SELECT SUM(refundedCents) FROM payment") == 20_038)
        }
    }

    @Test("an order that has no price is refused for good")
    func unpriceable() async throws {
        try await withFolder { folder in
            let desk = try Desk(Payments(), in: folder)
            let order = Order.sample(lines: [.init(productId: 11, quantity: 1, unitPrice: 0.001, discount: 0)])
            #expect(try await desk.ledger.perform(StepCall(order)).problemName == "unpriceable")
        }
    }

    @Test("a busy carrier ships at the second call, with one tracking number")
    func busyCarrier() async throws {
        try await withFolder { folder in
            let desk = try Desk(Shipping(), in: folder)
            let first = try await desk.ledger.perform(StepCall(.sample(19)))
            #expect(first.status == 503)
            #expect(first.retryAfter == 1)
            let second = try await desk.ledger.perform(StepCall(.sample(19)))
            #expect(second.body == #"{"carrier":"Federal Shipping","trackingNumber":"NW00000001"}"#)
            let other = try await desk.ledger.perform(StepCall(.sample(20), operation: "op-2"))
            #expect(other.body.contains("NW00000002"))
        }
    }

    @Test("a shipment is called off under its tracking number")
    func cancelShipment() async throws {
        try await withFolder { folder in
            let desk = try Desk(Shipping(), in: folder)
            _ = try await desk.ledger.perform(StepCall(.sample()))
            let answer = try await desk.ledger.undo(StepCall(.sample(), undo: true))
            #expect(answer.body == #"{"canceled":true,"trackingNumber":"NW00000001"}"#)
            #expect(try await desk.count("SELECT COUNT(*) FROM shipment WHERE state = 'shipped'") == 0)
        }
    }
}
