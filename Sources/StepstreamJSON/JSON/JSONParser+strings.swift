extension JSONParser {
    /// The string that the checked `entry` stands for.
    static func string(of entry: JSONEntry, in bytes: [UInt8]) -> String {
        let inside = Int(entry.start) + 1..<Int(entry.end) - 1
        guard entry.isEscaped else { return String(decoding: bytes[inside], as: UTF8.self) }
        return String(decoding: unescaped(inside, in: bytes), as: UTF8.self)
    }

    /// Whether the checked key `entry` is `name`, byte by byte: Swift's own comparison takes composed and decomposed letters for equal.
    static func key(_ entry: JSONEntry, in bytes: [UInt8], is name: String) -> Bool {
        let inside = Int(entry.start) + 1..<Int(entry.end) - 1
        guard entry.isEscaped else {
            guard inside.count == name.utf8.count else { return false }
            return name.utf8.withContiguousStorageIfAvailable { name in
                bytes.withUnsafeBufferPointer { bytes in
                    for place in 0..<name.count where bytes[inside.lowerBound + place] != name[place] { return false }
                    return true
                }
            } ?? bytes[inside].elementsEqual(name.utf8)
        }
        return unescaped(inside, in: bytes).elementsEqual(name.utf8)
    }

    private static func unescaped(_ inside: Range<Int>, in bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(inside.count)
        var offset = inside.lowerBound
        while offset < inside.upperBound {
            guard bytes[offset] == UInt8(ascii: "\\") else {
                result.append(bytes[offset])
                offset += 1
                continue
            }
            offset = appendEscape(at: offset, in: bytes, to: &result)
        }
        return result
    }

    private static func appendEscape(at offset: Int, in bytes: [UInt8], to result: inout [UInt8]) -> Int {
        switch bytes[offset + 1] {
        case UInt8(ascii: "b"): result.append(0x08)
        case UInt8(ascii: "f"): result.append(0x0C)
        case UInt8(ascii: "n"): result.append(0x0A)
        case UInt8(ascii: "r"): result.append(0x0D)
        case UInt8(ascii: "t"): result.append(0x09)
        case UInt8(ascii: "u"):
            let unit = hexadecimal(bytes, at: offset + 2) ?? 0
            guard (0xD800...0xDBFF).contains(unit) else {
                result.append(scalar: unit)
                return offset + 6
            }
            let low = hexadecimal(bytes, at: offset + 8) ?? 0
            result.append(scalar: 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
            return offset + 12
        case let itself: result.append(itself)
        }
        return offset + 2
    }

    /// Refuses two members of one name, once the object has been read.
    mutating func checkKeys(of object: Int) throws(JSONFault) {
        let count = Int(entries[object].count)
        guard count > 1 else { return }
        guard let twice = count <= 8 ? firstRepeatedPairwise(object, count) : firstRepeatedByHash(keys(of: object, count)) else { return }
        let name = JSONParser.string(of: entries[twice], in: bytes)
        throw fault("the member name occurs twice in one object", at: Int(entries[twice].start), key: name)
    }

    private func keys(of object: Int, _ count: Int) -> [Int] {
        var keys: [Int] = []
        keys.reserveCapacity(count)
        var next = object + 1
        for _ in 0..<count {
            keys.append(next)
            next = Int(entries[next + 1].next)
        }
        return keys
    }

    private func firstRepeatedPairwise(_ object: Int, _ count: Int) -> Int? {
        var key = object + 1
        for position in 0..<count {
            var earlier = object + 1
            for _ in 0..<position {
                if areSame(key, earlier) { return key }
                earlier = Int(entries[earlier + 1].next)
            }
            key = Int(entries[key + 1].next)
        }
        return nil
    }

    /// By the standard library's seeded hash, so that chosen names cannot make it slow.
    private func firstRepeatedByHash(_ keys: [Int]) -> Int? {
        var hashed = keys.map { (hash: hash(of: $0), key: $0) }
        hashed.sort { ($0.hash, $0.key) < ($1.hash, $1.key) }
        var first: Int?
        for (position, (hash, key)) in hashed.enumerated() {
            var earlier = position - 1
            while earlier >= 0, hashed[earlier].hash == hash {
                if areSame(key, hashed[earlier].key) {
                    first = min(first ?? key, key)
                    break
                }
                earlier -= 1
            }
        }
        return first
    }

    private func hash(of key: Int) -> Int {
        var hasher = Hasher()
        for byte in contents(of: key) { hasher.combine(byte) }
        return hasher.finalize()
    }

    private func areSame(_ left: Int, _ right: Int) -> Bool {
        if !entries[left].isEscaped, !entries[right].isEscaped,
            entries[left].end - entries[left].start != entries[right].end - entries[right].start
        {
            return false
        }
        return contents(of: left) == contents(of: right)
    }

    private func contents(of key: Int) -> ArraySlice<UInt8> {
        let inside = Int(entries[key].start) + 1..<Int(entries[key].end) - 1
        return entries[key].isEscaped ? JSONParser.unescaped(inside, in: bytes)[...] : bytes[inside]
    }
}

extension [UInt8] {
    fileprivate mutating func append(scalar value: UInt32) {
        guard let scalar = Unicode.Scalar(value) else { return }
        append(contentsOf: Array(UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter))
    }
}
