package import Hummingbird
package import Stepstream

/// The parameters of a URL, each known, and given once unless it may be repeated.
package struct QueryParameters {
    private var values: [String: String] = [:]
    private var repeated: [String: [String]] = [:]

    /// Reads the parameters of `request`.
    ///
    /// - Throws: 422 for a parameter that is not in `known`, or given twice and not in `repeatable`.
    package init(_ request: Request, known: [String], repeatable: Set<String> = []) throws(RequestProblem) {
        var faults: [RequestProblem.Fault] = []
        for (key, value) in request.uri.queryParameters where !key.isEmpty {
            let key = String(key)
            if !known.contains(key) {
                faults.append(.init(pointer: key, detail: "Unknown parameter. Known are \(known.joined(separator: ", "))."))
            } else if repeatable.contains(key) {
                repeated[key, default: []].append(String(value))
            } else if values.updateValue(String(value), forKey: key) != nil {
                faults.append(.init(pointer: key, detail: "Give it once."))
            }
        }
        guard faults.isEmpty else { throw RequestProblem(.unprocessable, faults: faults) }
    }

    /// The text of a parameter, if it was given.
    package func text(_ key: String) -> String? { values[key] }

    /// The texts of a parameter that may be repeated, in the order given.
    package func texts(_ key: String) -> [String] { repeated[key] ?? [] }

    /// A number of seconds, as `30` or `30s`.
    package func seconds(_ key: String) throws(RequestProblem) -> Duration? {
        guard let text = values[key] else { return nil }
        let digits = text.hasSuffix("s") ? text.dropLast() : text[...]
        // Longer numbers only overflow; whoever waits for a century is content with the limit.
        guard (1...9).contains(digits.utf8.count), let seconds = Int(digits), seconds >= 0, digits.first != "+" else {
            throw fault(key, words: "A number of seconds is expected, as in ?\(key)=30s.")
        }
        return .seconds(seconds)
    }

    /// What a listing is asked for.
    package func listQuery(of caller: Caller) throws(RequestProblem) -> ListQuery {
        var query = ListQuery(tenant: caller.tenant)
        if let text = values["page-size"] {
            guard let size = Int(text), (1...1000).contains(size) else {
                throw fault("page-size", words: "A number from 1 to 1000 is expected.")
            }
            query.pageSize = size
        }
        if let text = values["status"] {
            query.status = Status(rawValue: text)
            let known = Status.allCases.map(\.rawValue).joined(separator: ", ")
            if query.status == nil { throw fault("status", words: "One of \(known) is expected.") }
        }
        if let text = values["type"] {
            query.type = Name(text)
            if query.type == nil { throw fault("type", words: "A name is expected: \(Name.rule).") }
        }
        if let text = values["created-after"] {
            query.createdAfter = Timestamp.parse(text)
            if query.createdAfter == nil { throw fault("created-after", words: "A time is expected, as 2026-01-02T03:04:05Z (RFC 3339).") }
        }
        if let text = values["attention"] {
            guard text == "true" || text == "false" else { throw fault("attention", words: "true or false is expected.") }
            query.needsAttention = text == "true"
        }
        query.pageToken = values["page-token"]
        return query
    }

    private func fault(_ key: String, words: String) -> RequestProblem {
        RequestProblem(.unprocessable, faults: [.init(pointer: key, detail: words)])
    }
}
