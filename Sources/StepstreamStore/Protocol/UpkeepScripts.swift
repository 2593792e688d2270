enum DueScript {
    enum Key: Int, Positions { case index }
    enum Argument: Int, Positions { case limit }
    enum Answer: Int, Positions { case wait, due }
}

enum PromoteScript {
    enum Key: Int, Positions { case timers, reconciler }
    enum Timer: Int, Positions { case member, stream, operation, id, step, direction, definition }
}

enum DeadlinesScript {
    enum Key: Int, Positions { case timers }
    enum Argument: Int, Positions { case delay }
    enum Deadline: Int, Positions { case timer }
}

enum ReconcileScript {
    enum Key: Int, Positions { case timers, live, ended, attention, reconciler }
    enum Argument: Int, Positions { case grace }
    enum Operation: Int, Positions { case operation, id, definition, deadline, timer, pivot, records }
    enum Record: Int, Positions { case record, stream, timer }
    enum Answer: Int, Positions { case removed, setTimers, stranded, published }
}

enum TrimScript {
    enum Key: Int, Positions { case ended, attention }
    enum Operation: Int, Positions { case id }
}

enum TurnScript {
    enum Key: Int, Positions { case turn }
    enum Argument: Int, Positions { case consumer, duration }
}

/// Of the processes that show themselves.
enum RegisterScript {
    enum Key: Int, Positions { case processes, process }
    enum Argument: Int, Positions { case name, registration, life, most }
}
