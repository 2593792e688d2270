/// Fills `${NAME}` and `${NAME:-default}` from the environment, as the POSIX shell does (XCU §2.6.2); `$${` stands for `${`.
enum Substitution {
    /// Why a text cannot be filled in.
    struct Fault: Error {
        var words: String
        var allowed: String
    }

    static func fill(_ text: String, from environment: (String) -> String?) -> Result<String, Fault> {
        var result = ""
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[dollar...]
            if rest.hasPrefix("$${") {
                result += "${"
                rest = rest.dropFirst(3)
            } else if rest.hasPrefix("${") {
                guard let end = rest.firstIndex(of: "}") else {
                    return .failure(Fault(words: "has a ${ without }", allowed: "write ${NAME}, or $${ for the characters themselves"))
                }
                switch value(of: rest[rest.index(dollar, offsetBy: 2)..<end], from: environment) {
                case .success(let value): result += value
                case .failure(let fault): return .failure(fault)
                }
                rest = rest[rest.index(after: end)...]
            } else {
                result += "$"
                rest = rest.dropFirst()
            }
        }
        return .success(result + rest)
    }

    private static func value(of inside: Substring, from environment: (String) -> String?) -> Result<String, Fault> {
        let name = inside.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        let rest = inside[name.endIndex...]
        guard let first = name.first, !first.isNumber, rest.isEmpty || rest.hasPrefix(":-") else {
            return .failure(Fault(words: "has ${\(inside)}", allowed: "write ${NAME} or ${NAME:-default}"))
        }
        let value = environment(String(name))
        guard rest.isEmpty else {
            return .success(value.flatMap { $0.isEmpty ? nil : $0 } ?? String(rest.dropFirst(2)))
        }
        guard let value else {
            let allowed = "set the environment variable, or write ${\(name):-default}"
            return .failure(Fault(words: "needs \(name), which is not set", allowed: allowed))
        }
        return .success(value)
    }
}
