import Orders
import Testing

@Suite("Idempotency-Key")
struct KeyTests {
    @Test("is read quoted or bare", arguments: ["\"op-1/charge-payment\"", "op-1/charge-payment"])
    func isRead(header: String) throws {
        let key = try #require(IdempotencyKey(header: header))
        #expect(key.text == "op-1/charge-payment")
        #expect(!key.isUndo)
        #expect(key.undoing.text == "op-1/charge-payment/undo")
        #expect(key.undoing.forward == key)
        #expect(key.undoing.undoing == key.undoing)
    }

    @Test("has its escapes taken out")
    func escapes() {
        #expect(IdempotencyKey(header: "\"a\\\"b\\\\c\"")?.text == "a\"b\\c")
    }

    @Test(
        "is refused when empty, unfinished, with blanks or too long",
        arguments: ["", "\"\"", "\"a\\\"", "\"a\"b\"", "a b", "a\u{e9}", "\"\\x\""]
    )
    func isRefused(header: String) {
        #expect(IdempotencyKey(header: header) == nil)
    }

    @Test("may have 400 characters and no more")
    func length() {
        #expect(IdempotencyKey(header: String(repeating: "k", count: 400)) != nil)
        #expect(IdempotencyKey(header: String(repeating: "k", count: 401)) == nil)
    }
}
