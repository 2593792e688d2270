/// What a client wants to be answered with (RFC 9110 §12.5.1). Without a field, anything.
package struct Accept {
    private let ranges: [(type: Substring, isWanted: Bool)]

    package init(_ values: [String]) {
        ranges = values.flatMap { $0.split(separator: ",") }.map { element in
            let parts = element.split(separator: ";").map { $0.trimmed }
            let quality = parts.dropFirst().first { $0.lowercased().hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) }
            return (parts.first.map { Substring($0.lowercased()) } ?? "", quality ?? 1 > 0)
        }
    }

    /// Whether one of `types` is wanted; the most specific range decides for each.
    package func permits(_ types: String...) -> Bool {
        ranges.isEmpty || types.contains(where: isWanted)
    }

    private func isWanted(_ type: String) -> Bool {
        let major = type.prefix { $0 != "/" } + "/*"
        for wanted in [type[...], Substring(major), "*/*"] {
            if let range = ranges.first(where: { $0.type == wanted }) { return range.isWanted }
        }
        return false
    }
}

extension Substring {
    /// Without white space at its ends, as HTTP has it.
    package var trimmed: Substring {
        var text = self
        while text.first == " " || text.first == "\t" { text.removeFirst() }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return text
    }
}
