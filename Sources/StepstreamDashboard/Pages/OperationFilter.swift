import Hummingbird
import Stepstream
import StepstreamAPI

/// Which operations a page lists, as its address says. Unlike at the API what cannot be read is left out: a person sees what is chosen.
struct OperationFilter {
    /// Since when operations are listed.
    enum Since: String, CaseIterable {
        case ever = ""
        case minutes = "15m"
        case hour = "1h"
        case day = "24h"

        var words: String {
            switch self {
            case .ever: "ever"
            case .minutes: "15 minutes ago"
            case .hour: "an hour ago"
            case .day: "a day ago"
            }
        }

        var length: Milliseconds? {
            switch self {
            case .ever: nil
            case .minutes: 900_000
            case .hour: 3_600_000
            case .day: 86_400_000
            }
        }
    }

    /// A status, `live` or nothing.
    var status = ""
    var type = ""
    var since = Since.ever
    var page: String?

    private static let size = 50

    init(_ request: Request) {
        let parameters = request.uri.queryParameters
        status = parameters["status"].map(String.init) ?? ""
        type = parameters["type"].flatMap { Name(String($0)) }?.text ?? ""
        since = parameters["since"].flatMap { Since(rawValue: String($0)) } ?? .ever
        page = parameters["page"].map(String.init)
    }

    var isSet: Bool { !query.allSatisfy { $0.1.isEmpty } }

    /// What leads here again, without the page.
    var query: [(String, String)] { [("status", status), ("type", type), ("since", since.rawValue)] }

    func listQuery(of caller: Caller) -> ListQuery {
        var query = ListQuery(tenant: caller.tenant, pageSize: Self.size)
        // A person would rather go on than wait.
        query.examined = 500
        query.status = Status(rawValue: status)
        query.isLive = status == "live"
        query.type = Name(type)
        query.createdAfter = since.length.map { Milliseconds(Milliseconds.now.count - $0.count) }
        query.pageToken = page
        return query
    }
}
