import Stepstream

// What the article "Writing handlers" shows, held to it by `ArticleTests`.

func simpleHandlers(bank: Bank, warehouse: Warehouse) -> HandlerRegistry {
    var handlers = HandlerRegistry()
    handlers.register("charge") { (order: Order, context: StepContext) in
        // The same key for every attempt: a repetition gets the receipt of the first.
        try await bank.charge(order.amount, key: context.idempotencyKey)
    }
    handlers.register("reserve") { (order: Order, context: StepContext) in
        await warehouse.reserve(order.item, for: context.operation)
    }
    handlers.register("release") { (_: Order, context: StepContext) in
        // The undo of "reserve"; also called when nobody knows whether that was done.
        await warehouse.release(context.operation)
    }
    return handlers
}

func telling(_ handlers: inout HandlerRegistry, bank: Bank) {
    handlers.register("charge") { (order: Order, context: StepContext) in
        do {
            return try await bank.charge(order.amount, key: context.idempotencyKey)
        } catch Bank.Refusal.noMoney {
            throw StepFailure.permanent(Problem(type: "https://shop.example/no-money", title: "The card was refused"))
        } catch Bank.Refusal.busy(let seconds) {
            let problem = Problem(type: "https://shop.example/bank-busy", title: "The bank is busy")
            throw StepFailure.transient(problem, after: Milliseconds(seconds * 1000))
        }
    }
}

struct Ship: StepHandler {
    let carrier: Carrier

    func run(_ context: StepContext) async throws -> Outcome {
        guard let receipt = context.results.first(where: { $0.step == "charge" })?.result else {
            return .failed(Problem(type: "https://shop.example/unpaid", title: "Nothing was paid"), retry: .never)
        }
        // The epoch grows with every attempt: the carrier refuses one that was given up and comes late.
        let parcel = await carrier.send(receipt, key: context.idempotencyKey, fence: context.epoch.number)
        guard let parcel else { return .unknown(Problem(type: "https://shop.example/too-late", title: "A later attempt was there")) }
        return .succeeded(.object(["parcel": .string(parcel)]))
    }
}

func probing(_ handlers: inout HandlerRegistry, bank: Bank) {
    handlers.registerProbe("charged") { context in
        guard let receipt = await bank.receipt(key: context.idempotencyKey) else { return .notDone }
        return .done(.object(["number": .string(receipt.number)]))
    }
}
