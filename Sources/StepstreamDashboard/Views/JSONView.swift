import Stepstream
import StepstreamAPI

/// A JSON text, indented, in a box.
struct JSONView {
    let json: JSONText

    /// How much of a text is shown; the rest is at the API.
    private static let most = 64 << 10

    var html: HTML { HTML(.pre, .class("json"), .set(.tabindex, to: 0)) { shown } }

    private var shown: String {
        let text = Self.indented(json)
        guard text.utf8.count > Self.most else { return text }
        let head = String(decoding: text.utf8.prefix(Self.most), as: UTF8.self)
        return head + "\n… \(Format.count(text.utf8.count - Self.most)) more bytes"
    }

    static func indented(_ json: JSONText) -> String {
        do {
            var text = ""
            try JSONNode.parse(json.text, maximumDepth: 256).indent(0, into: &text)
            return text
        } catch {
            // Whatever it is, it is shown.
            return json.text
        }
    }
}

extension JSONNode {
    fileprivate func indent(_ depth: Int, into text: inout String) {
        switch value {
        case .null, .bool, .number: text += json.text
        case .string(let string): text += JSONText.string(string).text
        case .array(let elements):
            list(elements.map { (nil, $0) }, open: "[", close: "]", depth: depth, into: &text)
        case .object(let members):
            list(members.map { ($0.key, $0.value) }, open: "{", close: "}", depth: depth, into: &text)
        }
    }

    private func list(_ items: [(String?, JSONNode)], open: String, close: String, depth: Int, into text: inout String) {
        guard !items.isEmpty else { return text += open + close }
        let margin = String(repeating: "  ", count: depth)
        text += open
        for (index, (key, node)) in items.enumerated() {
            text += (index == 0 ? "\n" : ",\n") + margin + "  "
            if let key { text += JSONText.string(key).text + ": " }
            node.indent(depth + 1, into: &text)
        }
        text += "\n" + margin + close
    }
}
