package import Hummingbird
package import Stepstream

/// Who makes a request. The one place where a request becomes a tenant.
package struct Caller: Sendable, Hashable {
    /// Whose operations the caller sees.
    package var tenant: Name

    /// The caller of `request`: without configured credentials everybody is `default`.
    package init(of request: Request) {
        tenant = Operation.defaultTenant
    }

    /// Whether the caller may know of `operation`. Others' operations answer exactly like unknown ones.
    package func owns(_ operation: Operation) -> Bool {
        operation.tenant == tenant
    }
}
