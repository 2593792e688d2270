extension HandlerRegistry {
    #if LABORATORY
    /// The same handlers, with the failpoints around their calls. A release build has none.
    package func withFaults(_ faults: FaultPlan = FaultPlan()) -> HandlerRegistry {
        decorated { FaultyHandler(handler: $0, faults: faults) }
    }
    #else
    /// The same handlers: this build has no faults to add.
    package func withFaults() -> HandlerRegistry { self }
    #endif
}
