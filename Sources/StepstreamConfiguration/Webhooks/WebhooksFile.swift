import FoundationEssentials
import Stepstream
import Yams

/// The file of the receivers that are notified of all operations. Secrets stay out of it: the variable or file that holds each is named.
struct WebhooksFile {
    private(set) var endpoints: [WebhookEndpoint] = []
    private(set) var faults: [ConfigurationFaults.Fault] = []
    private let path: String
    private let allowsHTTP: Bool
    private let environment: (String) -> String?

    /// Reads the file at `path`.
    init(path: String, allowsHTTP: Bool, environment: @escaping (String) -> String?) {
        self.path = path
        self.allowsHTTP = allowsHTTP
        self.environment = environment
        do {
            let text = try String(contentsOfFile: path, encoding: .utf8)
            do { read(try Yams.compose(yaml: text)) } catch { faults.append(.invalidYAML(error, in: path)) }
        } catch {
            faults.append(.init("the file cannot be read as text in UTF-8 (it is named by webhooks.endpoints)", at: path))
        }
    }

    private mutating func read(_ root: Node?) {
        guard let root, let keys = root.mapping else {
            return faults.append(.init("must be a list of receivers under endpoints:", at: path))
        }
        for (key, _) in keys where key.string != "endpoints" {
            faults.append(.unknown(key.string ?? "?", among: ["endpoints"], at: place(key)))
        }
        guard let list = root["endpoints"]?.sequence else {
            return faults.append(.init("endpoints: must be a list of receivers", at: place(root["endpoints"] ?? root)))
        }
        for node in list { look(at: node) }
    }

    private mutating func look(at node: Node) {
        guard node.mapping != nil else { return fault(node, words: "must have the keys name, url, events and secrets") }
        let count = faults.count
        let known = ["name", "url", "events", "secrets"]
        for (key, _) in node.mapping ?? [:] where !known.contains(key.string ?? "") {
            faults.append(.unknown(key.string ?? "?", among: known, at: place(key)))
        }
        let name = node["name"]?.string.flatMap(Name.init)
        if name == nil { fault(node["name"] ?? node, words: "name: must be \(Name.rule)") }
        if let name, endpoints.contains(where: { $0.name == name }) {
            fault(node, words: "name: \(name) is used twice; must be different for each receiver")
        }
        let url = url(of: node)
        let events = events(of: node)
        let secrets = secrets(of: node)
        guard faults.count == count, let name, let url else { return }
        endpoints.append(WebhookEndpoint(name: name, url: url, events: events, secrets: secrets))
    }

    private mutating func url(of node: Node) -> WebhookURL? {
        do throws(WebhookURL.Fault) {
            let url = try WebhookURL(node["url"]?.string ?? "")
            if url.isSecure || allowsHTTP { return url }
            fault(node["url"] ?? node, words: "url: must begin with https://, unless webhooks.scheme is http")
        } catch {
            fault(node["url"] ?? node, words: "url: \(error.words)")
        }
        return nil
    }

    private mutating func events(of node: Node) -> [Event.Kind] {
        guard let list = node["events"] else { return Event.Kind.terminal }
        if list.string == "all" { return Event.Kind.allCases }
        let kinds = list.sequence?.map { $0.string.flatMap(Event.Kind.init(wire:)) } ?? []
        if kinds.isEmpty || kinds.contains(nil) {
            let known = Event.Kind.allCases.map(\.rawValue).joined(separator: ", ")
            fault(list, words: "events: must be all, or a list of \(known)")
        }
        return kinds.compactMap(\.self)
    }

    private mutating func secrets(of node: Node) -> [WebhookSecret] {
        guard let list = node["secrets"]?.sequence, (1...4).contains(list.count) else {
            fault(node["secrets"] ?? node, words: "secrets: must be a list of one to four, each env:VARIABLE or file:/path")
            return []
        }
        return list.compactMap { secret($0) }
    }

    private mutating func secret(_ node: Node) -> WebhookSecret? {
        let text = node.string ?? ""
        let value: String?
        if text.hasPrefix("env:") {
            value = environment(String(text.dropFirst(4)))
        } else if text.hasPrefix("file:") {
            value = FileManager.default.contents(atPath: String(text.dropFirst(5))).map { String(decoding: $0, as: UTF8.self) }
        } else {
            // A secret that stands in the file itself is not shown.
            fault(node, words: "secrets: must be env:VARIABLE or file:/path, not the secret itself")
            return nil
        }
        let secret = value.flatMap { WebhookSecret(String($0.drop(while: \.isWhitespace).prefix { !$0.isWhitespace })) }
        if value == nil {
            fault(node, words: "secrets: \(text) does not exist; must name what holds \(WebhookSecret.rule)")
        } else if secret == nil {
            fault(node, words: "secrets: what \(text) holds is not a secret; must be \(WebhookSecret.rule)")
        }
        return secret
    }

    private mutating func fault(_ node: Node, words: String) {
        faults.append(.init(words, at: place(node)))
    }

    private func place(_ node: Node) -> String {
        node.mark.map { "\(path):\($0.line):\($0.column)" } ?? path
    }
}
