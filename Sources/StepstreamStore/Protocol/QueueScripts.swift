enum GroupScript {
    enum Key: Int, Positions { case queues }
    enum Queue: Int, Positions { case name }
}

enum RetireScript {
    enum Key: Int, Positions { case queue }
    enum Argument: Int, Positions { case consumer, idle }
}
