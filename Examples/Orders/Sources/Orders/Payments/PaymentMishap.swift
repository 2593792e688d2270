/// What goes wrong at the first charge of an order. It is chosen by the order's number, so that every run is alike; the first row
/// that fits counts:
///
/// | order number | first charge | later charges under the same key |
/// |---|---|---|
/// | divisible by 17 | 402 `card-declined`, for good | the same answer |
/// | divisible by 26 (13 and even) | charges, then holds the answer back until the caller gives up | the stored answer |
/// | divisible by 13 (and odd) | charges, then cuts the connection | the stored answer |
/// | divisible by 11 | 503 with `Retry-After: 1`, nothing charged | charges |
/// | any other | charges | the stored answer |
package enum PaymentMishap: String, Sendable, Hashable {
    case declined
    case answerHeldBack
    case connectionCut
    case unavailable

    package init?(orderId: Int) {
        if orderId.isMultiple(of: 17) {
            self = .declined
        } else if orderId.isMultiple(of: 26) {
            self = .answerHeldBack
        } else if orderId.isMultiple(of: 13) {
            self = .connectionCut
        } else if orderId.isMultiple(of: 11) {
            self = .unavailable
        } else {
            return nil
        }
    }
}
