/// What is counted by itself.
enum Phase: String, Sendable, CaseIterable {
    case submit, claim, begin, commit
}
