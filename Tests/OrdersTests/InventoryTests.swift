import Foundation
import GRDB
import Orders
import Testing

@Suite("Inventory")
struct InventoryTests {
    @Test("takes all units of an order")
    func reserves() async throws {
        try await withFolder { folder in
            let desk = try Desk(Inventory(products: Product.samples), in: folder)
            let answer = try await desk.ledger.perform(
                StepCall(.sample(lines: [.sample, .init(productId: 42, quantity: 26, unitPrice: 9.8, discount: 0)]))
            )
            #expect(answer.status == 200)
            #expect(answer.body == #"{"reservation":"op-1/a-step","units":38}"#)
            #expect(try await stock(desk) == [11: 10, 42: 0])
        }
    }

    @Test("takes nothing when one line is out of stock, and says what is left")
    func outOfStock() async throws {
        try await withFolder { folder in
            let desk = try Desk(Inventory(products: Product.samples), in: folder)
            let answer = try await desk.ledger.perform(
                StepCall(.sample(lines: [.sample, .init(productId: 42, quantity: 27, unitPrice: 9.8, discount: 0)]))
            )
            #expect(answer.status == 409)
            #expect(answer.problemName == "out-of-stock")
            let problem = try JSONDecoder().decode(ProblemBody.self, from: Data(answer.body.utf8))
            #expect(problem.shortages == [Shortage(productId: 42, wanted: 27, left: 26)])
            #expect(problem.detail.contains("product 42: 26 left, 27 ordered"))
            #expect(try await stock(desk) == [11: 22, 42: 26])
        }
    }

    @Test("adds up lines of the same product before it compares")
    func sameProductTwice() async throws {
        try await withFolder { folder in
            let desk = try Desk(Inventory(products: Product.samples), in: folder)
            let answer = try await desk.ledger.perform(StepCall(.sample(lines: [.sample, .sample])))
            #expect(answer.problemName == "out-of-stock")
            #expect(try await stock(desk) == [11: 22, 42: 26])
        }
    }

    @Test("knows no other products", arguments: [99, -1])
    func unknownProduct(productId: Int) async throws {
        try await withFolder { folder in
            let desk = try Desk(Inventory(products: Product.samples), in: folder)
            let answer = try await desk.ledger.perform(
                StepCall(.sample(lines: [.init(productId: productId, quantity: 1, unitPrice: 1, discount: 0)]))
            )
            #expect(answer.problemName == "out-of-stock")
        }
    }

    @Test("refuses lines without units, and orders without lines", arguments: [[0], [-5], [], [5, -5]])
    func noUnits(quantities: [Int]) async throws {
        try await withFolder { folder in
            let desk = try Desk(Inventory(products: Product.samples), in: folder)
            let lines = quantities.map { Order.Line(productId: 11, quantity: $0, unitPrice: 1, discount: 0) }
            #expect(try await desk.ledger.perform(StepCall(.sample(lines: lines))).problemName == "unreservable")
            #expect(try await stock(desk) == [11: 22, 42: 26])
        }
    }

    @Test("gives back what it took, once")
    func releases() async throws {
        try await withFolder { folder in
            let desk = try Desk(Inventory(products: Product.samples), in: folder)
            _ = try await desk.ledger.perform(StepCall(.sample(), operation: "kept", step: "reserve-stock"))
            let order = Order.sample(
                2,
                lines: [
                    .init(productId: 11, quantity: 10, unitPrice: 1, discount: 0),
                    .init(productId: 42, quantity: 3, unitPrice: 1, discount: 0),
                ]
            )
            _ = try await desk.ledger.perform(StepCall(order, operation: "undone"))
            for _ in 1...2 {
                let answer = try await desk.ledger.undo(StepCall(order, operation: "undone", undo: true))
                #expect(answer.body == #"{"released":true,"units":13}"#)
            }
            #expect(try await stock(desk) == [11: 10, 42: 26])
        }
    }

    @Test("never sells more than there is, whoever comes first")
    func manyAtOnce() async throws {
        try await withFolder { folder in
            let desk = try Desk(Inventory(products: Product.samples), in: folder)
            let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
                for number in 1...30 {
                    let order = Order.sample(number, lines: [.init(productId: 11, quantity: 4, unitPrice: 1, discount: 0)])
                    group.addTask { try await desk.ledger.perform(StepCall(order, operation: "op-\(number)")) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.filter { $0.status == 200 }.count == 5)
            #expect(answers.filter { $0.problemName == "out-of-stock" }.count == 25)
            #expect(try await stock(desk) == [11: 2, 42: 26])
        }
    }

    @Test("has a database that takes no negative stock from anybody")
    func checkConstraint() async throws {
        try await withFolder { folder in
            let desk = try Desk(Inventory(products: Product.samples), in: folder)
            await #expect(throws: DatabaseError.self) {
                try await desk.database.write { try $0.execute(sql: "UPDATE product SET unitsInStock = -1 WHERE productId = 11") }
            }
        }
    }

    private func stock(_ desk: Desk) async throws -> [Int: Int] {
        try await desk.database.read { db in
            try Row.fetchAll(db, sql: "SELECT productId, unitsInStock FROM product").reduce(into: [:]) {
                $0[$1["productId"]] = $1["unitsInStock"]
            }
        }
    }
}
