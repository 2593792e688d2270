/// What a client prefers (RFC 7240): whether and how long to wait for the end.
struct Preferences {
    /// `wait=N`, in seconds.
    var wait: Int?
    /// `respond-async`: answer as soon as it is accepted.
    var respondAsync = false

    init(_ values: [String]) {
        for preference in values.joined(separator: ",").split(separator: ",") {
            let parts = preference.split(separator: ";")[0].split(separator: "=", maxSplits: 1).map {
                $0.trimmingPrefix { $0 == " " || $0 == "\t" }.prefix { $0 != " " && $0 != "\t" }
            }
            switch parts.first?.lowercased() {
            case "respond-async": respondAsync = true
            case "wait":
                // The first of several counts (RFC 7240 §2).
                if wait == nil, parts.count == 2, let seconds = Int(parts[1].filter { $0 != "\"" }), seconds >= 0 { wait = seconds }
            default: break
            }
        }
    }
}
