extension JSONNode {
    /// The same value without white space and with only the escapes that are needed; member order and numbers stay as written.
    public var minified: JSONText {
        var bytes = [UInt8](reserving: range.count)
        write(to: &bytes)
        return JSONText(written: bytes)
    }

    private func write(to bytes: inout [UInt8]) {
        switch value {
        case .null, .bool, .number: bytes.append(text: json.text)
        case .string(let string): bytes.append(jsonString: string)
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (position, element) in elements.enumerated() {
                if position > 0 { bytes.append(UInt8(ascii: ",")) }
                element.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (position, member) in members.enumerated() {
                if position > 0 { bytes.append(UInt8(ascii: ",")) }
                bytes.append(jsonString: member.key)
                bytes.append(UInt8(ascii: ":"))
                member.value.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    /// Whether both are the same JSON value: numbers by value, objects without regard to order, strings byte by byte.
    public func isSame(as other: JSONNode) -> Bool {
        switch (value, other.value) {
        case (.null, .null): return true
        case (.bool(let left), .bool(let right)): return left == right
        case (.number(let left), .number(let right)): return left == right || JSONNumber(left) == JSONNumber(right)
        case (.string(let left), .string(let right)): return left.utf8.elementsEqual(right.utf8)
        case (.array(let left), .array(let right)):
            return left.count == right.count && zip(left, right).allSatisfy { $0.isSame(as: $1) }
        case (.object(let left), .object(let right)):
            guard left.count == right.count else { return false }
            return zip(left.sortedByKey, right.sortedByKey).allSatisfy {
                $0.key.utf8.elementsEqual($1.key.utf8) && $0.value.isSame(as: $1.value)
            }
        case (.null, _), (.bool, _), (.number, _), (.string, _), (.array, _), (.object, _): return false
        }
    }
}

extension [JSONNode.Member] {
    fileprivate var sortedByKey: [JSONNode.Member] { sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) } }
}
