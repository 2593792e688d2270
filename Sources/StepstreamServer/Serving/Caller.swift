import Hummingbird
import Stepstream

/// Who makes a request. The one place where a request becomes a tenant.
struct Caller: Sendable, Hashable {
    /// Whose operations the caller sees.
    var tenant: Name

    /// The caller of `request`: without configured credentials everybody is `default`.
    init(of request: Request) {
        tenant = Operation.defaultTenant
    }

    /// Whether the caller may know of `operation`. Others' operations answer exactly like unknown ones.
    func owns(_ operation: Operation) -> Bool {
        operation.tenant == tenant
    }
}
