/// A place in a JSON value (RFC 6901): the member names and element numbers that lead to it.
public struct JSONPointer: Hashable, Sendable, CustomStringConvertible {
    /// The names and numbers, unescaped; none: the whole value.
    public var tokens: [String]

    /// The whole value.
    public static let root = JSONPointer(tokens: [])

    /// The place that `tokens` lead to.
    public init(tokens: [String]) { self.tokens = tokens }

    /// Reads `/a/0/b~1c`; nil when `text` neither is empty nor begins with `/`, or a `~` is not followed by `0` or `1`.
    public init?(_ text: String) {
        guard !text.isEmpty else {
            tokens = []
            return
        }
        guard text.utf8.first == UInt8(ascii: "/") else { return nil }
        tokens = []
        for part in text.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            guard let token = JSONPointer.unescaped(part) else { return nil }
            tokens.append(token)
        }
    }

    /// The pointer in its string form.
    public var description: String {
        var text = ""
        for token in tokens {
            text += "/"
            for scalar in token.unicodeScalars {
                switch scalar {
                case "~": text += "~0"
                case "/": text += "~1"
                default: text.unicodeScalars.append(scalar)
                }
            }
        }
        return text
    }

    /// The member `name` of the value here.
    public func appending(_ name: String) -> JSONPointer { JSONPointer(tokens: tokens + [name]) }
    /// The element `number` of the value here, from 0.
    public func appending(_ number: Int) -> JSONPointer { appending(String(number)) }

    private static func unescaped(_ part: Substring.UTF8View) -> String? {
        var bytes: [UInt8] = []
        var rest = part[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "~") else {
                bytes.append(byte)
                continue
            }
            switch rest.popFirst() {
            case UInt8(ascii: "0"): bytes.append(UInt8(ascii: "~"))
            case UInt8(ascii: "1"): bytes.append(UInt8(ascii: "/"))
            default: return nil
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension JSONNode {
    /// The value at `pointer` inside this one.
    public subscript(pointer: JSONPointer) -> JSONNode? {
        var node = self
        for token in pointer.tokens {
            switch node.kind {
            case .object:
                guard let next = node.member(token) else { return nil }
                node = next
            case .array:
                guard let number = Int(token), String(number) == token, number >= 0, number < node.count else { return nil }
                node = node.elements[number]
            case .null, .bool, .number, .string: return nil
            }
        }
        return node
    }
}
