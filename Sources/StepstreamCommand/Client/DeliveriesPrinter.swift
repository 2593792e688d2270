import Stepstream

/// A ledger of deliveries for people.
struct DeliveriesPrinter {
    let ledger: JSONNode

    var page: String {
        let deliveries = ledger.member("deliveries")?.elements ?? []
        return deliveries.isEmpty ? "No webhooks." : deliveries.map(lines).joined(separator: "\n")
    }

    private func lines(_ delivery: JSONNode) -> String {
        let text = { (name: String) in delivery.member(name)?.string }
        let number = delivery.member("number")?.int64 ?? 0
        let next = text("nextTry").map { ", next try \($0)" } ?? ""
        let target = text("url") ?? text("endpoint") ?? ""
        var lines = ["\(number)  \(text("state") ?? "")  \(text("event") ?? "")  \(target)\(next)"]
        for entry in delivery.member("tries")?.elements ?? [] {
            let words = [entry.member("status")?.int64.map(String.init), entry.member("fault")?.string].compactMap(\.self)
            lines.append("     \(entry.member("time")?.string ?? "")  \(words.joined(separator: " "))")
        }
        return lines.joined(separator: "\n")
    }
}
