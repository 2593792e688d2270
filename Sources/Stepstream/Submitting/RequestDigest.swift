import Crypto
import StepstreamJSON

/// The digest of the parts of a request, in order. The length in front of each keeps two parts from running into one another.
struct RequestDigest {
    /// Parts that are shorter than this are gathered: a call of the hash costs more than copying them.
    private static let short = 1024

    private var hash = SHA256()
    private var gathered: [UInt8] = []

    init() {
        gathered.reserveCapacity(Self.short / 2)
    }

    mutating func add(_ part: String) {
        let length = part.utf8.count
        gathered.append(contentsOf: String(length).utf8)
        gathered.append(UInt8(ascii: ":"))
        if length > Self.short {
            take()
            var part = part
            part.withUTF8 { hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
        } else {
            gathered.append(contentsOf: part.utf8)
        }
    }

    private mutating func take() {
        gathered.withUnsafeBytes { hash.update(bufferPointer: $0) }
        gathered.removeAll(keepingCapacity: true)
    }

    /// 32 hexadecimal digits of SHA-256.
    mutating func finish() -> String {
        take()
        return hash.finalize().withUnsafeBytes { Hexadecimal.text($0, first: 16) }
    }
}
