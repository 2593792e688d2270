extension String {
    /// Three texts in one, in memory that is asked for once.
    package init(joining first: String, by second: StaticString, to third: String) {
        let count = first.utf8.count + second.utf8CodeUnitCount + third.utf8.count
        self.init(unsafeUninitializedCapacity: count) { text in
            var end = Self.copy(first, to: text, at: 0)
            for index in 0..<second.utf8CodeUnitCount { text[end + index] = second.utf8Start[index] }
            end += second.utf8CodeUnitCount
            return Self.copy(third, to: text, at: end)
        }
    }

    private static func copy(_ part: String, to text: UnsafeMutableBufferPointer<UInt8>, at start: Int) -> Int {
        var end = start
        let done: Void? = part.utf8.withContiguousStorageIfAvailable { bytes in
            _ = UnsafeMutableBufferPointer(rebasing: text[start...]).update(fromContentsOf: bytes)
            end += bytes.count
        }
        if done == nil {
            for byte in part.utf8 {
                text[end] = byte
                end += 1
            }
        }
        return end
    }
}
