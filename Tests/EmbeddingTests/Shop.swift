import Stepstream
import Synchronization

// The shop that the articles of Stepstream.docc are written around.

struct Order: Codable, Sendable, Equatable {
    var item: String
    var amount: Int
}

struct Receipt: Codable, Sendable, Equatable {
    var number: String
}

/// A bank that does what it was asked once for each key, and refuses what comes too late.
final class Bank: Sendable {
    enum Refusal: Error {
        case noMoney
        case busy(seconds: Int64)
    }

    private struct Book {
        var receipts: [String: Receipt] = [:]
        var refusals: [Refusal] = []
    }

    private let book = Mutex(Book())

    var receipts: [Receipt] { book.withLock { Array($0.receipts.values) } }

    /// The next calls are refused, one by one.
    func refuse(_ refusals: Refusal...) { book.withLock { $0.refusals = refusals } }

    func charge(_ amount: Int, key: String) async throws(Refusal) -> Receipt {
        let answer: Result<Receipt, Refusal> = book.withLock { book in
            if let known = book.receipts[key] { return .success(known) }
            if !book.refusals.isEmpty { return .failure(book.refusals.removeFirst()) }
            let receipt = Receipt(number: "\(book.receipts.count + 1)")
            book.receipts[key] = receipt
            return .success(receipt)
        }
        return try answer.get()
    }

    func receipt(key: String) async -> Receipt? { book.withLock { $0.receipts[key] } }
}

/// A warehouse that knows what it has put aside.
final class Warehouse: Sendable {
    private let shelf = Mutex<[String: String]>([:])

    var reserved: [String] { shelf.withLock { $0.values.sorted() } }

    func reserve(_ item: String, for operation: OperationID) async { shelf.withLock { $0[operation.text] = item } }
    func release(_ operation: OperationID) async { shelf.withLock { $0[operation.text] = nil } }
}

/// A carrier that refuses what an attempt asks that was given up: its fence is lower than one it has seen.
final class Carrier: Sendable {
    private let highest = Mutex<Int64>(0)

    func send(_ receipt: JSONText, key: String, fence: Int64) async -> String? {
        highest.withLock { highest in
            guard fence >= highest else { return nil }
            highest = fence
            return "parcel-of-\(key)"
        }
    }
}
