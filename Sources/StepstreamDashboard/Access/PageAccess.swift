/// Who looks at a page, and what they may do.
struct PageAccess: Sendable {
    /// Whether buttons that change something are shown and heeded.
    let canOperate: Bool
    /// Whether the API is at the same address.
    let hasAPI: Bool
    /// What forms carry to prove that they are ours.
    let token: String
}
