/// Those who watch one channel, by number. All of a channel's watchers watch for the same kind of notice.
protocol ChannelWatchers: Sendable {
    var isEmpty: Bool { get }
    mutating func remove(_ number: Int)
    /// Notifies them that they may have missed something, except those in `notified`, to which it adds them.
    func resynchronize(except notified: inout Set<Int>)
    /// Tells them what `message` says. It is decoded once for all of them.
    func publish(_ message: String)
}

/// Those who watch one channel for `Notice`.
struct NoticeWatchers<Notice: PublishedNotice>: ChannelWatchers {
    private var watchers: [Int: Watcher<Notice>] = [:]

    var isEmpty: Bool { watchers.isEmpty }

    mutating func add(_ watcher: Watcher<Notice>, number: Int) { watchers[number] = watcher }

    mutating func remove(_ number: Int) { watchers[number] = nil }

    func resynchronize(except notified: inout Set<Int>) {
        for (number, watcher) in watchers where notified.insert(number).inserted { watcher.notify(.resynchronize) }
    }

    func publish(_ message: String) {
        let notice = Notice(message: message)
        for watcher in watchers.values { watcher.notify(notice) }
    }
}
