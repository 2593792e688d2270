import Foundation
import Orders
import Testing

@Suite("Confirmation by mail")
struct MailTests {
    @Test("is an RFC 5322 message: header, blank line, body, CRLF, short ASCII lines")
    func message() async throws {
        try await withFolder { folder in
            let result = try write(.sample(10_249, company: "Toms Spezialitäten"), in: folder)
            #expect(result == #"{"file":"10249.eml","messageId":"10249.op-1.confirm-by-mail@orders.example"}"#)
            let data = try Data(contentsOf: folder.appending(path: "10249.eml"))
            #expect(data.allSatisfy { $0 < 0x80 })
            let text = String(decoding: data, as: UTF8.self)
            #expect(text.unicodeScalars.filter { $0 == "\n" }.count == text.components(separatedBy: "\r\n").count - 1)
            let lines = text.components(separatedBy: "\r\n")
            #expect(lines.allSatisfy { $0.utf8.count <= 78 })
            let header = lines.prefix { !$0.isEmpty }
            #expect(header.contains("Date: Thu, 04 Jul 1996 00:00:00 +0000"))
            #expect(header.contains("Subject: Your order 10249"))
            #expect(header.contains("To: =?utf-8?B?VG9tcyBTcGV6aWFsaXTDpHRlbg==?= <vinet@customers.example>"))
            #expect(header.contains("Message-ID: <10249.op-1.confirm-by-mail@orders.example>"))
            #expect(header.contains("X-Idempotency-Key: op-1/confirm-by-mail"))
            let body = try #require(Data(base64Encoded: lines.drop { !$0.isEmpty }.joined()))
            let words = String(decoding: body, as: UTF8.self)
            #expect(words.contains("Dear Toms Spezialitäten,"))
            #expect(words.contains("12 x product 11"))
            #expect(words.contains("Charged: USD 200.38"))
            #expect(words.contains("Tracking number: NW00000007"))
        }
    }

    @Test("written twice is one file, the same to the byte, with the same result, and no drafts are left")
    func twice() async throws {
        try await withFolder { folder in
            let first = try write(.sample(), in: folder)
            let before = try Data(contentsOf: folder.appending(path: "10248.eml"))
            #expect(try write(.sample(), in: folder) == first)
            #expect(try Data(contentsOf: folder.appending(path: "10248.eml")) == before)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path()).sorted() == ["10248.eml", "withdrawn"])
        }
    }

    @Test("an order is not confirmed for two operations")
    func otherOperation() async throws {
        try await withFolder { folder in
            _ = try write(.sample(), in: folder)
            #expect(throws: OrdersFailure.self) { try write(.sample(), operation: "op-2", in: folder) }
            #expect(try Mailbox(folder: folder).orders() == [10_248])
        }
    }

    @Test("taken back it is gone, and a late call does not write it again")
    func withdrawn() async throws {
        try await withFolder { folder in
            _ = try write(.sample(), in: folder)
            #expect(try write(.sample(), undo: true, in: folder) == #"{"withdrawn":true}"#)
            #expect(try write(.sample(), undo: true, in: folder) == #"{"withdrawn":false}"#)
            #expect(throws: OrdersFailure.self) { try write(.sample(), in: folder) }
            #expect(try Mailbox(folder: folder).orders().isEmpty)
        }
    }

    @Test("taking back one operation's mail leaves another's")
    func withdrawsItsOwnOnly() async throws {
        try await withFolder { folder in
            _ = try write(.sample(), in: folder)
            #expect(try write(.sample(), operation: "op-2", undo: true, in: folder) == #"{"withdrawn":false}"#)
            #expect(try Mailbox(folder: folder).orders() == [10_248])
        }
    }

    @Test("a name cannot add lines to the header")
    func headerInjection() async throws {
        try await withFolder { folder in
            _ = try write(.sample(company: #"Evil\r\nBcc: all@customers.example"#), in: folder)
            let text = String(decoding: try Data(contentsOf: folder.appending(path: "10248.eml")), as: UTF8.self)
            #expect(!text.components(separatedBy: "\r\n").contains { $0.hasPrefix("Bcc") })
        }
    }

    @Test("a long foreign name is folded into several encoded words")
    func longName() async throws {
        try await withFolder { folder in
            _ = try write(.sample(company: String(repeating: "Spezialitätenhandlung ", count: 8)), in: folder)
            let text = String(decoding: try Data(contentsOf: folder.appending(path: "10248.eml")), as: UTF8.self)
            #expect(text.components(separatedBy: "\r\n").allSatisfy { $0.utf8.count <= 78 })
            #expect(text.components(separatedBy: "=?utf-8?B?").count > 3)
        }
    }

    @Test("input that is no step's call is refused for good, with the place")
    func unreadable() async throws {
        try await withFolder { folder in
            let failure = #expect(throws: OrdersFailure.self) {
                try MailStep(folder: folder).run(input: Data("{\"operation\":\"o\"}".utf8), environment: [:], withdrawing: false)
            }
            #expect(failure?.description.contains("/type is missing") == true)
        }
    }

    @discardableResult
    private func write(_ order: Order, operation: String = "op-1", undo: Bool = false, in folder: URL) throws -> String {
        let request = StepRequest(operation: operation, type: "place-order", step: "confirm-by-mail", attempt: 1, input: order)
        var object = try #require(try JSONSerialization.jsonObject(with: JSONEncoder().encode(request)) as? [String: Any])
        object["results"] = ["ship": ["trackingNumber": "NW00000007", "carrier": "Federal Shipping"], "reserve-stock": ["units": 12]]
        let key = "\(operation)/confirm-by-mail\(undo ? "/undo" : "")"
        return try MailStep(folder: folder).run(
            input: JSONSerialization.data(withJSONObject: object),
            environment: ["STEPSTREAM_IDEMPOTENCY_KEY": key],
            withdrawing: undo
        )
    }
}
