import Foundation
import Stepstream
import Yams

/// The file of the receivers that are told of all operations. Secrets stay out of it: each is named by the variable or file that holds it.
struct WebhooksFile {
    private(set) var endpoints: [WebhookEndpoint] = []
    private(set) var faults: [ConfigurationFaults.Fault] = []
    private let path: String
    private let allowsHTTP: Bool
    private let environment: (String) -> String?

    /// Reads the file at `path`.
    init(path: String, allowsHTTP: Bool, environment: @escaping (String) -> String?) throws {
        self.path = path
        self.allowsHTTP = allowsHTTP
        self.environment = environment
        do {
            let root = try Yams.compose(yaml: try String(contentsOfFile: path, encoding: .utf8))
            guard let list = root?.mapping?["endpoints"]?.sequence, root?.mapping?.count == 1 else {
                faults.append(.init(place: path, words: "a list named endpoints is wanted, and nothing else"))
                return
            }
            for node in list { look(at: node) }
        } catch let error as YamlError {
            faults.append(.init(place: path, words: "\(error)"))
        } catch {
            faults.append(.init(place: path, words: "the file cannot be read"))
        }
    }

    private mutating func look(at node: Node) {
        let count = faults.count
        let known = ["name", "url", "events", "secrets"]
        for (key, _) in node.mapping ?? [:] where !known.contains(key.string ?? "") {
            fault(key, words: "\(key.string ?? "?"): there is no such key. Known: \(known.joined(separator: ", "))")
        }
        let name = node["name"]?.string.flatMap(Name.init)
        if name == nil { fault(node["name"] ?? node, words: "name: \(Name.rule) is wanted") }
        if let name, endpoints.contains(where: { $0.name == name }) { fault(node, words: "name: \(name) is there twice") }
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
            fault(node["url"] ?? node, words: "url: https is wanted, or webhooks.scheme: http")
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
            fault(list, words: "events: all, or a list of these is wanted: \(known)")
        }
        return kinds.compactMap(\.self)
    }

    private mutating func secrets(of node: Node) -> [WebhookSecret] {
        guard let list = node["secrets"]?.sequence, (1...4).contains(list.count) else {
            fault(node["secrets"] ?? node, words: "secrets: a list of one to four is wanted, each env:VARIABLE or file:/path")
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
            fault(node, words: "secrets: env:VARIABLE or file:/path is wanted; a secret itself does not belong here")
            return nil
        }
        let secret = value.flatMap { WebhookSecret($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
        if secret == nil { fault(node, words: "secrets: \(text) does not hold \(WebhookSecret.rule)") }
        return secret
    }

    private mutating func fault(_ node: Node, words: String) {
        faults.append(.init(place: node.mark.map { "\(path):\($0.line):\($0.column)" } ?? path, words: words))
    }
}
