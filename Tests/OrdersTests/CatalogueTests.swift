import Foundation
import Orders
import Testing

@Suite("The Northwind files")
struct CatalogueTests {
    @Test("are what their README says, and every order has a price")
    func counts() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let catalogue = try Catalogue(folder: root.appending(path: "Examples/Orders/Data"))
        #expect(catalogue.orders.count == 830)
        #expect(Set(catalogue.orders.map(\.orderId)).count == 830)
        #expect(catalogue.orders.map(\.lines.count).reduce(0, +) == 2_155)
        #expect(catalogue.orders.map(\.units).reduce(0, +) == 51_317)
        #expect(catalogue.products.count == 77)
        #expect(catalogue.products.map(\.unitsInStock).reduce(0, +) == 3_119)
        let known = Set(catalogue.products.map(\.productId))
        #expect(catalogue.orders.allSatisfy { Set($0.unitsByProduct.keys).isSubset(of: known) })
        for order in catalogue.orders { #expect(try Price.cents(of: order) > 0) }
    }

    @Test("that are broken are told with their place")
    func broken() async throws {
        try await withFolder { folder in
            try Data("[]".utf8).write(to: folder.appending(path: "products.json"))
            let order = String(decoding: try JSONEncoder().encode(Order.sample()), as: UTF8.self)
            try Data("\(order)\n{}\n".utf8).write(to: folder.appending(path: "orders.ndjson"))
            let failure = #expect(throws: OrdersFailure.self) { try Catalogue(folder: folder) }
            #expect(failure?.description.contains("order 2") == true)
        }
    }
}
