/// What can be watched.
enum LiveTopic: String, CaseIterable {
    /// What stands in the menu of every page.
    case numbers
    case overview
    case queues
    case topology
    /// That something has happened: pages of lists then look again for themselves.
    case lists
}
