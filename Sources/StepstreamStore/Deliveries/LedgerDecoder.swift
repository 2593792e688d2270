import Stepstream

/// The fields of a ledger; docs/redis-keys.md shows one.
enum LedgerFields {
    static let tenant = "tenant"
    static let count = "count"
    static let dropped = "dropped"
    /// The URL of a callback that answered 410.
    static let gone = "gone"

    /// The fields of one delivery, `<number>:…`.
    enum Delivery: String, CaseIterable {
        case event, receiver, url, state, since, next, held, epoch, tries, round
    }

    static func name(_ number: Int, field: Delivery) -> String { "\(number):\(field.rawValue)" }
}

/// Reads a ledger from the fields of its hash.
enum LedgerDecoder {
    static func decode(_ fields: [String: String], of id: OperationID) throws(StoreError) -> DeliveryLedger {
        let corrupt = StoreError(.corrupt, "The ledger of operation \(id) does not hold what it must.")
        var ledger = DeliveryLedger(tenant: Operation.defaultTenant, deliveries: [], dropped: 0)
        if let tenant = fields[LedgerFields.tenant].flatMap(Name.init) { ledger.tenant = tenant }
        ledger.dropped = fields[LedgerFields.dropped].flatMap { Int($0) } ?? 0
        let count = fields[LedgerFields.count].flatMap { Int($0) } ?? 0
        guard count > 0 else { return ledger }
        for number in 1...count {
            let value = { (field: LedgerFields.Delivery) in fields[LedgerFields.name(number, field: field)] }
            guard let event = value(.event).flatMap(EventLine.decode), let receiver = value(.receiver),
                let state = value(.state).flatMap(Delivery.State.init(rawValue:))
            else { throw corrupt }
            ledger.deliveries.append(
                Delivery(
                    number: number,
                    event: event,
                    endpoint: receiver,
                    url: value(.url).flatMap { $0.isEmpty ? nil : $0 },
                    state: state,
                    tries: tries(number, upTo: value(.tries).flatMap { Int($0) } ?? 0, fields: fields),
                    nextTry: value(.next).flatMap { Int64($0) }.map(Milliseconds.init(_:))
                )
            )
        }
        return ledger
    }

    private static func tries(_ number: Int, upTo count: Int, fields: [String: String]) -> [Delivery.Try] {
        guard count > 0 else { return [] }
        return (1...count).compactMap { fields["\(number):try:\($0)"].flatMap(DeliveryLine.decodeTry) }
    }
}
