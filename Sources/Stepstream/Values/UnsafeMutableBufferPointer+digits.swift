/// Parts of dates and times, which have fixed places in a text.
extension UnsafeMutableBufferPointer<UInt8> {
    /// Writes the last two digits of `number`, and what follows them.
    func write(_ number: Int64, at place: Int, before mark: Unicode.Scalar?) {
        self[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / 10 % 10)
        self[place + 1] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number % 10)
        if let mark { self[place + 2] = UInt8(ascii: mark) }
    }

    /// Writes a word, and what follows it.
    func write(_ word: String, at place: Int, before mark: Unicode.Scalar?) {
        var end = place
        for byte in word.utf8 {
            self[end] = byte
            end += 1
        }
        if let mark { self[end] = UInt8(ascii: mark) }
    }
}
