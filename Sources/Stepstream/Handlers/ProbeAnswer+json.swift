public import StepstreamJSON

extension ProbeAnswer {
    /// What a probe answers as JSON: `{"outcome": "done", "result": …}`, `{"outcome": "not-done"}` or `{"outcome": "unknown"}`.
    public var json: JSONText {
        switch self {
        case .done(let result): .object(["outcome": .string("done"), "result": .raw(result)])
        case .notDone: .object(["outcome": .string("not-done")])
        case .unknown(let problem): .object(["outcome": .string("unknown"), "problem": .raw(problem.json)])
        }
    }

    /// What the outcome of a probe's handler says about the step. A service that answers 404 does not know the key, so it has done nothing.
    init(_ outcome: Outcome) {
        switch outcome {
        case .succeeded(let json): self = .init(json)
        case .failed(let problem, .never) where problem.type == ProblemType.handlerRefused.uri && problem.status == 404: self = .notDone
        case .failed(let problem, _), .unknown(let problem): self = .unknown(problem)
        case .released: self = .unknown(.probeUnknown)
        }
    }

    private init(_ json: JSONText) {
        do throws(JSONFault) {
            let node = try JSONNode.parse(json.text)
            switch node.member("outcome")?.string {
            case "done": self = .done(node.member("result")?.json ?? .null)
            case "not-done": self = .notDone
            case "unknown": self = .unknown(.probeUnknown)
            default: self = .unknown(.probeUnreadable("it has no outcome of done, not-done or unknown"))
            }
        } catch {
            self = .unknown(.probeUnreadable("\(error)"))
        }
    }
}

extension Problem {
    static let probeUnknown = Problem(.probeUnknown, detail: "The work may have been done. The probe is repeated.")

    static func probeUnreadable(_ words: String) -> Problem {
        Problem(.probeAnswer, status: 502, detail: "A probe answers a JSON object: \(words).")
    }
}
