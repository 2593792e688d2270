import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Stepstream

extension HTTPClientRequest {
    /// The request that asks a service to run a step.
    init(_ call: HandlerReference.HTTPCall, for context: StepContext, sending: SendingMark) {
        self.init(url: call.url)
        method = HTTPMethod(rawValue: call.method)
        headers = [
            "User-Agent": "stepstream",
            "Accept": "application/json, application/problem+json",
        ]
        for (name, value) in call.headers { headers.replaceOrAdd(name: name, value: value) }
        // What the contract promises cannot be configured away.
        headers.replaceOrAdd(name: "Content-Type", value: "application/json")
        headers.replaceOrAdd(name: "Idempotency-Key", value: "\"\(context.idempotencyKey)\"")
        headers.replaceOrAdd(name: "Stepstream-Attempt", value: "\(context.attempt)")
        headers.replaceOrAdd(name: "Stepstream-Epoch", value: "\(context.epoch)")
        if let traceparent = context.traceparent { headers.replaceOrAdd(name: "traceparent", value: traceparent) }
        let bytes = MarkedBytes(bytes: Array(context.request.text.utf8), sending: sending)
        body = .bytes(bytes, length: .known(Int64(bytes.bytes.count)))
    }
}

/// A request's body that notes when it is taken to be written. The client does that right after the head has left, and not before, as long
/// as it is given a collection.
private struct MarkedBytes: Collection, Sendable {
    let bytes: [UInt8]
    let sending: SendingMark

    var startIndex: Int { bytes.startIndex }
    var endIndex: Int { bytes.endIndex }
    func index(after index: Int) -> Int { index + 1 }

    subscript(position: Int) -> UInt8 {
        sending.set()
        return bytes[position]
    }

    func withContiguousStorageIfAvailable<Result>(_ body: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows -> Result? {
        sending.set()
        return try bytes.withContiguousStorageIfAvailable(body)
    }
}
