/// One search for the primary among the sentinels, after Redis' guidelines for clients of Sentinel: an event in, an action out, no I/O.
///
/// Each sentinel is asked in turn; one that is silent or does not know the primary is passed over. What the server found is, `ROLE`
/// tells after the login.
struct PrimarySearch {
    typealias Endpoint = RedisConfiguration.Endpoint

    /// What came of asking one sentinel.
    enum Answer {
        case address(Endpoint)
        /// It knows no primary of that name.
        case unknown
        case silent(RedisError)
    }

    enum Action {
        case ask(sentinel: Endpoint)
        case connect(Endpoint, toldBy: Endpoint)
        /// No sentinel knew: try again after a pause.
        case fail(RedisError)
    }

    private let name: String
    private let left: Endpoint?
    private let order: [Endpoint]
    private var asked = 0
    private var unknown = 0
    private var behind = 0
    private var refused = 0
    private var lastSilence: RedisError?

    /// - Parameters:
    ///   - name: what the sentinels call the primary.
    ///   - order: whom to ask, in this order.
    ///   - left: the address that another sentinel has just said was left; who still names it has not heard of the switch.
    init(name: String, order: [Endpoint], left: Endpoint? = nil) {
        self.name = name
        self.order = order
        self.left = left
    }

    /// The first action.
    mutating func begin() -> Action {
        asked < order.count ? .ask(sentinel: order[asked]) : .fail(failure)
    }

    /// The sentinel asked last gave `answer`.
    mutating func answered(_ answer: Answer) -> Action {
        let sentinel = order[asked]
        asked += 1
        switch answer {
        case .address(let address) where address != left: return .connect(address, toldBy: sentinel)
        case .address: behind += 1
        case .unknown: unknown += 1
        case .silent(let error):
            lastSilence = error
            if error.errorClass == .configuration { refused += 1 }
        }
        return begin()
    }

    private var failure: RedisError {
        let silent = order.count - unknown - behind
        // What a person has to mend. While one of them is silent or behind, it may still be the one that knows.
        if unknown == order.count {
            return RedisError(
                .noPrimary,
                "none of the \(order.count) sentinels knows a primary called \"\(RedisError.printable(name))\"; "
                    + "compare the name in the Redis URL with their `sentinel monitor` line",
                class: .configuration
            )
        }
        let isRefused = refused > 0 && refused + unknown == order.count
        var words = ["\(silent) of \(order.count) did not answer"]
        if unknown > 0 { words.append("\(unknown) know no such primary") }
        if behind > 0 { words.append("\(behind) name the one that was left") }
        return RedisError(
            .noPrimary,
            "no sentinel knows where the Redis primary \"\(RedisError.printable(name))\" is: " + words.joined(separator: ", "),
            class: isRefused ? .configuration : .notApplied,
            cause: lastSilence
        )
    }
}

extension PrimarySearch.Answer {
    /// The reply to `SENTINEL GET-MASTER-ADDR-BY-NAME`: host and port, or null for a name it does not know.
    init(_ reply: RedisReply) {
        if let error = reply.error {
            self = .silent(error)
        } else if reply.isNull {
            self = .unknown
        } else if let host = reply[0].string, !host.isEmpty, let port = reply[1].integer, (1...65_535).contains(port) {
            self = .address(.tcp(host: host, port: port))
        } else {
            self = .silent(
                RedisError(
                    .unexpectedReply,
                    "the sentinel answers another thing than an address (\(reply)); is this a sentinel?",
                    class: .configuration
                )
            )
        }
    }
}
