import Foundation

/// One operation that is to be submitted.
struct Order: Sendable {
    var id: String
    var type: String
    /// Its input as JSON.
    var input: String
    /// An idempotency key to send with it instead of its ID.
    var key: String?
    /// So many milliseconds after it was accepted it is canceled.
    var cancelAfter: Int64?
    /// What its acceptance is to survive at least, as in `Prefer: durability=`.
    var durability: String?
    /// When it may begin, as RFC 3339.
    var notBefore: String?

    init(_ id: String, _ type: String, input: String) {
        (self.id, self.type, self.input) = (id, type, input)
    }

    /// An operation whose handlers are the ledger.
    ///
    /// - Parameters:
    ///   - id: its ID.
    ///   - type: its type.
    ///   - acts: what they are to do: for each step (`b`) or undo (`b/undo`) one word for each call.
    init(_ id: String, _ type: String, acts: [String: [String]] = [:]) {
        let words = acts.sorted { $0.key < $1.key }.map { key, words in
            "\"\(key)\":[" + words.map { "\"\($0)\"" }.joined(separator: ",") + "]"
        }
        self.init(id, type, input: #"{"acts":{\#(words.joined(separator: ","))}}"#)
    }

    /// The body of its submission: the same bytes at every repetition, or it would be another request.
    var body: String {
        let time = notBefore.map { #","notBefore":"\#($0)""# } ?? ""
        return #"{"type":"\#(type)","input":\#(input)\#(time)}"#
    }

    /// Lets it begin so many milliseconds from now.
    ///
    /// - Returns: that moment.
    mutating func wait(_ milliseconds: Int64) -> Int64 {
        let moment = TimeLabel.now + milliseconds * 1000
        notBefore = Date.now.addingTimeInterval(Double(milliseconds) / 1000).ISO8601Format(
            Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        )
        return moment
    }
}
