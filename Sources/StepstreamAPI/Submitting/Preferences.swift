import Stepstream

/// What a client prefers (RFC 7240): whether and how long to wait for the end. What is not known here is passed over, as §2 says.
struct Preferences {
    /// `wait=N`, in seconds.
    var wait: Int?
    /// `respond-async`: answer as soon as it is accepted.
    var respondAsync = false

    /// `durability=fsync` and the like: what the acceptance must survive at least.
    var durability: Durability?

    init() {}

    /// Reads the values of all fields `Prefer`.
    init(_ values: [String]) {
        for preference in values.flatMap({ Self.split($0, at: ",") }) {
            // Parameters stand behind a semicolon; none is known here.
            let parts = Self.split(Self.split(preference, at: ";").first ?? "", at: "=")
            switch parts.first?.trimmed.lowercased() {
            case "respond-async": respondAsync = true
            case "wait":
                guard wait == nil, parts.count == 2 else { continue }
                // The first of several counts.
                if let seconds = Int(Self.unquoted(parts[1].trimmed)), seconds >= 0 { wait = seconds }
            case "durability":
                guard durability == nil, parts.count == 2 else { continue }
                durability = Durability(String(Self.unquoted(parts[1].trimmed)))
            default: break
            }
        }
    }

    /// What was done of what a submission prefers, as in `Preference-Applied`; nil: nothing was preferred.
    static func applied(to request: SubmissionRequest, submitted: Submitter.Submitted) -> String? {
        var applied: [String] = []
        if let wanted = request.durability, let achieved = submitted.durability { applied.append(text(of: achieved, asked: wanted)) }
        if request.respondsAsync { applied.append("respond-async") }
        if let wait = submitted.wait { applied.append("wait=\(wait.components.seconds)") }
        return applied.isEmpty ? nil : applied.joined(separator: ", ")
    }

    /// A token, or a quoted string where there is a colon.
    private static func text(of achieved: Durability, asked: Durability) -> String {
        if asked.replicas == 0 { return "durability=\(achieved.level.name)" }
        return "durability=\"replicated:\(max(asked.replicas, achieved.replicas))\""
    }

    /// Splits outside of quoted strings.
    private static func split(_ text: some StringProtocol, at separator: Character) -> [Substring] {
        var parts: [Substring] = []
        var part = ""
        var isQuoted = false
        var isEscaped = false
        for character in text {
            if character == separator, !isQuoted {
                parts.append(part[...])
                part = ""
                continue
            }
            if character == "\"", !isEscaped { isQuoted.toggle() }
            isEscaped = character == "\\" && isQuoted && !isEscaped
            part.append(character)
        }
        parts.append(part[...])
        return parts
    }

    private static func unquoted(_ text: Substring) -> Substring {
        guard text.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") else { return text }
        return text.dropFirst().dropLast()
    }
}
