/// Tells watchers what happens to operations.
package protocol ChangeFeed: Sendable {
    /// Notices of changes to one operation; begins with `.resynchronize` once the watch stands, and a notice is lost only together with another
    /// `.resynchronize`: whoever reads the operation at each misses nothing.
    func notices(of id: OperationID) -> ChangeNotices
}

/// Notices of changes to one operation. End the iteration to stop watching.
package typealias ChangeNotices = AsyncStream<ChangeNotice>

/// A notice to a watcher of one operation.
package enum ChangeNotice: Sendable, Hashable {
    /// New events, which one change has brought, in order.
    case events([Event])
    /// Something may have been missed (the subscription has just been made, or made again): read the operation.
    case resynchronize
}
