/// What only `stepstream dev` reads.
package enum DevSettings {
    package static let data = Setting("dev.data", rule: .text, default: "var", flag: "--data")

    static let all: [any AnySetting] = [data]
}
