package import Stepstream

/// Which callbacks submissions may ask for.
package struct CallbackRules: Sendable, Hashable {
    /// Whether `http` is taken as well as `https`.
    package var allowsHTTP = false
    /// The ports that may be called; those of the standard schemes and their usual seconds unless said otherwise.
    package var ports: Set<Int>
    /// Which addresses may be called; a name's addresses are checked when it is called.
    package var addresses: AddressPolicy

    /// Rules; without `ports` 443 and 8443, and with `http` 80 and 8080.
    package init(allowsHTTP: Bool = false, ports: Set<Int>? = nil, addresses: AddressPolicy = AddressPolicy()) {
        self.allowsHTTP = allowsHTTP
        self.ports = ports ?? (allowsHTTP ? [443, 8443, 80, 8080] : [443, 8443])
        self.addresses = addresses
    }

    /// What is wrong with `url`, in words; nil when it may be called.
    func refusal(of url: WebhookURL) -> String? {
        guard url.isSecure || allowsHTTP else { return "A URL with https:// is expected." }
        guard ports.contains(url.port) else {
            return "Callbacks are only sent to port \(ports.sorted().map(String.init).joined(separator: " or "))."
        }
        guard let address = url.address, let words = addresses.refusal(of: address) else { return nil }
        return "Callbacks to this address are not allowed: \(words)."
    }
}
