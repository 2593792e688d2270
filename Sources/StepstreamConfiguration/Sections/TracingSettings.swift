/// Where spans are sent.
package enum TracingSettings {
    package static let endpoint = Setting("tracing.endpoint", rule: .baseURL)

    static let all: [any AnySetting] = [endpoint]
}
