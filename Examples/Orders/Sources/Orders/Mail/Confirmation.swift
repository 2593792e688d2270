import Foundation

/// The mail that confirms an order, as RFC 5322 has it. The same order under the same key is the same text, byte for byte.
package struct Confirmation: Sendable {
    private let order: Order
    private let key: IdempotencyKey
    private let results: Results
    private let cents: Int64

    /// What the confirmation says about the steps before it; absent in a call that does not carry them.
    package struct Results: Decodable, Sendable {
        package var trackingNumber: String?

        private enum Step: String, CodingKey { case ship }
        private struct Shipped: Decodable { var trackingNumber: String? }

        package init(trackingNumber: String?) {
            self.trackingNumber = trackingNumber
        }

        package init(from decoder: any Decoder) throws {
            let steps = try decoder.container(keyedBy: Step.self)
            trackingNumber = try steps.decodeIfPresent(Shipped.self, forKey: .ship)?.trackingNumber
        }
    }

    /// - Throws: `Price.Unpriceable`.
    package init(order: Order, key: IdempotencyKey, results: Results) throws(Price.Unpriceable) {
        self.order = order
        self.key = key
        self.results = results
        cents = try Price.cents(of: order)
    }

    /// The `Message-ID` without its angle brackets.
    package var messageID: String {
        "\(order.orderId).\(key.text.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") ? String($0) : "." }.joined())@orders.example"
    }

    /// The file, lines ended by CRLF.
    package func text() throws -> String {
        let header = [
            "From: Northwind Traders <orders@orders.example>",
            Self.recipient(order.customer),
            "Subject: Your order \(order.orderId)",
            "Date: \(try date())",
            "Message-ID: <\(messageID)>",
            "\(Self.keyField): \(key.text)",
            "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: base64",
        ]
        let body = Data(body().utf8).base64EncodedString(options: [
            .lineLength76Characters, .endLineWithCarriageReturn, .endLineWithLineFeed,
        ])
        return header.joined(separator: "\r\n") + "\r\n\r\n" + body + "\r\n"
    }

    /// The field that says which call wrote the file.
    static let keyField = "X-Idempotency-Key"

    private func body() -> String {
        let lines = order.lines.map { "  \($0.quantity) x product \($0.productId)" }
        let tracking = results.trackingNumber.map { ["Tracking number: \($0)"] } ?? []
        let address = [order.shipTo.name, order.shipTo.address, order.shipTo.city, order.shipTo.country]
        return
            (["Dear \(order.customer.company),", "", "we have sent your order \(order.orderId):", ""] + lines
            + ["", "Charged: USD \(Price.text(cents)), freight included", "Carrier: \(order.shipper)"] + tracking
            + ["", "to:"] + address.map { "  " + $0 } + ["", "Northwind Traders", ""]).joined(separator: "\r\n")
    }

    /// The order's date at midnight UTC: the time of writing would make a second try another mail.
    private func date() throws -> String {
        let day = try Date.ISO8601FormatStyle(timeZone: .gmt).year().month().day().parse(order.orderDate)
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = .gmt
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss '+0000'"
        return formatter.string(from: day)
    }

    private static func recipient(_ customer: Order.Customer) -> String {
        let name = "To: " + encodedWord(customer.company)
        let address = "<\(customer.id.lowercased().filter { $0.isASCII && ($0.isLetter || $0.isNumber) })@customers.example>"
        // Lines should not be longer than 78 characters (RFC 5322, 2.1.1).
        let last = name.components(separatedBy: "\r\n").last ?? ""
        return name + (last.utf8.count + 1 + address.utf8.count > 78 ? "\r\n " : " ") + address
    }

    /// A display name: as a quoted string if it is plain, else as encoded words (RFC 2047) of at most 75 characters each, folded.
    static func encodedWord(_ name: String) -> String {
        let plain = name.unicodeScalars.allSatisfy { (0x20...0x7e).contains($0.value) && $0 != "\"" && $0 != "\\" }
        if plain { return "\"\(name)\"" }
        var words: [String] = []
        var chunk = ""
        for character in name.filter({ !$0.isNewline }) {
            if chunk.utf8.count + character.utf8.count > 45 {
                words.append(chunk)
                chunk = ""
            }
            chunk.append(character)
        }
        words.append(chunk)
        return words.map { "=?utf-8?B?\(Data($0.utf8).base64EncodedString())?=" }.joined(separator: "\r\n ")
    }
}
