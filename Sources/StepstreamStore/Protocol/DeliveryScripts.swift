/// What the scripts that change deliveries to one receiver (claim, settle, replay) are given alike: delivery.lua takes it.
enum DeliveryCall {
    enum Key: Int, Positions { case queue, receivers, receiverState }
}

enum RouteScript {
    enum Key: Int, Positions { case deliveries, receivers, ledgers }
    enum Argument: Int, Positions { case life, most }
    enum Event: Int, Positions { case entry, ledger, id, tenant, event, ends, total }
    enum Receiver: Int, Positions { case receiver, queue, state, url }
}

enum ClaimScript {
    enum Argument: Int, Positions { case receiver, lease, probedFrom, configured, longest }
    enum Delivery: Int, Positions { case member, ledger, number }
    enum Answer: Int, Positions { case member, epoch, event, url, tries }
}

enum SettleScript {
    enum Key: Int, Positions { case ledger }
    enum Argument: Int, Positions { case receiver, member, number, epoch, `try`, state, again, pause, life, kept, gone }
    enum Code: String, ScriptCode { case applied, lost }
}

enum ReplayScript {
    enum Key: Int, Positions { case ledger, deliveries }
    enum Argument: Int, Positions { case receiver, member, number, life }
    enum Code: String, ScriptCode { case replayed, held, absent }
}
