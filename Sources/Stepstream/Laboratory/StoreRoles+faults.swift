extension StoreRoles {
    #if LABORATORY
    /// The same roles, with the failpoints and planted faults that lie at calls of the store. A release build has none.
    package func withFaults(_ faults: FaultPlan = FaultPlan()) -> StoreRoles {
        var roles = self
        roles.submissions = FaultySubmissions(store: submissions, faults: faults)
        roles.keys = FaultyKeys(store: keys, faults: faults)
        roles.editor = FaultyEditor(store: editor, faults: faults)
        roles.work = FaultyWork(store: work, faults: faults)
        roles.messages = FaultyMessages(store: messages, faults: faults)
        roles.timers = FaultyTimers(timers, faults: faults)
        return roles
    }
    #else
    /// The same roles: this build has no faults to add.
    package func withFaults() -> StoreRoles { self }
    #endif
}
