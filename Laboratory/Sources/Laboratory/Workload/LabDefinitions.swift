/// The definitions of the laboratory's own operations. All handlers are the ledger.
enum LabDefinitions {
    /// The steps of each type, in their order, with those that have an undo.
    static let steps: [String: [(name: String, hasUndo: Bool)]] = [
        "single": [("a", false)],
        "plain": [("a", false), ("b", false), ("c", false)],
        "saga": [("a", true), ("b", true), ("c", true), ("d", false)],
        "mixed": [("a", true), ("b", true), ("c", false)],
        "long": [("a", false)],
        "poison": [("a", true), ("p", false)],
        "absent": [("a", false)],
        "brief": [("a", true), ("b", false)],
    ]

    /// The files, by name.
    static func files(ledger: String) -> [String: String] {
        let retry = "retry: { attempts: 8, firstDelay: 50ms, maxDelay: 400ms }"
        func step(_ name: String, mode: String = "async", timeout: String = "20s", undo: Bool = false) -> String {
            var text = """
                  - name: \(name)
                    mode: \(mode)
                    handler: { http: { url: "\(ledger)" } }
                    timeout: \(timeout)
                    \(retry)

                """
            if undo { text += "    undo: { handler: { http: { url: \"\(ledger)\" } }, \(retry.replacing("8", with: "20")) }\n" }
            return text
        }
        let poison = """
              - name: p
                handler: { exec: { command: ["/bin/sh", "-c", "kill -9 $PPID"] } }
                \(retry)

            """
        return [
            "single": "type: single\nsteps:\n" + step("a"),
            "plain": "type: plain\nsteps:\n" + step("a") + step("b") + step("c"),
            "saga": "type: saga\nsteps:\n" + step("a", undo: true) + step("b", undo: true) + step("c", undo: true) + step("d"),
            "mixed": "type: mixed\nsteps:\n" + step("a", mode: "sync", undo: true) + step("b", undo: true) + step("c"),
            "long": "type: long\nsteps:\n" + step("a", timeout: "60s"),
            "poison": "type: poison\nsteps:\n" + step("a", undo: true) + poison,
            "absent": "type: absent\nsteps:\n  - name: a\n    handler: { swift: nobody }\n",
            "brief": "type: brief\ndeadline: 1500ms\nsteps:\n" + step("a", undo: true) + step("b"),
        ]
    }
}
