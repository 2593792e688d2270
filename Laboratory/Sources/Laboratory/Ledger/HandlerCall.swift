import Foundation

/// The body of a handler's call, as far as the ledger looks at it.
struct HandlerCall: Decodable {
    var operation: String
    var step: String
    var action: String
    var input: Plan?

    /// What the submitter wants the handlers of this operation to do: for each step (`b`) or undo (`b/undo`) one word for each call.
    struct Plan: Codable {
        var acts: [String: [String]]?
    }

    var isUndo: Bool { action == "undo" }
    /// What is done once.
    var key: String { "\(operation)/\(step)" + (isUndo ? "/undo" : "") }

    init(body: Data) throws {
        self = try JSONDecoder().decode(HandlerCall.self, from: body)
    }

    /// What to do at the call with `number`, counted from 1 for each key.
    func act(_ number: Int) -> HandlerAct {
        let words = input?.acts?[isUndo ? "\(step)/undo" : step] ?? []
        return number <= words.count ? HandlerAct(words[number - 1]) : .work
    }
}

/// What a handler does with one call.
enum HandlerAct: Hashable {
    /// The work.
    case work
    /// The work, so many milliseconds later.
    case slow(Int64)
    /// The work, and an answer so many milliseconds later.
    case late(Int64)
    /// 503, nothing done.
    case busy
    /// 422, nothing done.
    case decline
    /// The connection is cut, nothing done.
    case cut
    /// The connection is cut, the work done.
    case cutAfter

    init(_ word: String) {
        let parts = word.split(separator: ":")
        let time = parts.count > 1 ? Int64(parts[1]) ?? 0 : 0
        switch parts.first {
        case "slow": self = .slow(time)
        case "late": self = .late(time)
        case "busy": self = .busy
        case "decline": self = .decline
        case "cut": self = .cut
        case "cut-after": self = .cutAfter
        default: self = .work
        }
    }
}
