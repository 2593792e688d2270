package import HTTPTypes

/// The field names that HTTPTypes does not have.
extension HTTPField.Name {
    package static let accelBuffering = known("X-Accel-Buffering")
    package static let consistencyToken = known("Stepstream-Consistency-Token")
    package static let idempotencyKey = known("Idempotency-Key")
    package static let lastEventID = known("Last-Event-ID")
    package static let operationID = known("Operation-Id")
    package static let operationLocation = known("Operation-Location")
    package static let prefer = known("Prefer")
    package static let preferenceApplied = known("Preference-Applied")
    package static let crossOriginOpenerPolicy = known("Cross-Origin-Opener-Policy")
    package static let fetchSite = known("Sec-Fetch-Site")
    package static let referrerPolicy = known("Referrer-Policy")

    private static func known(_ text: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(text) else { preconditionFailure("\(text) is not a field name") }
        return name
    }
}
