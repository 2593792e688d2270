import HTTPTypes
import Hummingbird
import NIOCore
import Stepstream

// The fields of most answers are the same, and a field's value is checked when it is made: so these are made once.
extension HTTPField {
    static let json = HTTPField(name: .contentType, value: "application/json; charset=utf-8")
    static let notToBeStored = HTTPField(name: .cacheControl, value: "no-store")
    static let againInASecond = HTTPField(name: .retryAfter, value: "1")

    /// The same value under another name.
    func named(_ name: HTTPField.Name) -> HTTPField {
        var field = self
        field.name = name
        return field
    }
}

extension Response {
    /// An answer with the fields that all answers in JSON have, and room for `count` more.
    static func json(_ bytes: ByteBuffer, status: HTTPResponse.Status = .ok, further count: Int = 1) -> Response {
        var fields = HTTPFields()
        // The date is the server's to add.
        fields.reserveCapacity(4 + count)
        fields.append(.json)
        fields.append(.notToBeStored)
        fields.append(HTTPField(name: .contentLength, value: String(bytes.readableBytes)))
        return Response(status: status, headers: fields, body: ResponseBody(byteBuffer: bytes))
    }
}
