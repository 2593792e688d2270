import Glibc

/// What a child's descriptors lead to, opened in this process, and closed here when it goes.
struct OpenedSources: ~Copyable {
    /// The descriptor here for each number there; -1 for one that stays closed. All of them are above the child's numbers, so that one
    /// that is put in its place never overwrites another that still has to be.
    private(set) var numbers: [Int32] = []

    /// Opens what the child's next descriptor leads to; `count` of them there will be.
    mutating func open(next source: ChildCommand.Source, count: Int) throws(SystemError) {
        let opened = try open(source, number: numbers.count, count: Int32(count))
        numbers.append(opened)
    }

    private func open(_ source: ChildCommand.Source, number: Int, count: Int32) throws(SystemError) -> Int32 {
        switch source {
        case .null:
            return try raise(Glibc.open("/dev/null", O_RDWR | O_CLOEXEC), over: count, path: "/dev/null")
        case .inherited:
            // This process may itself run without standard input.
            return fcntl(Int32(number), F_DUPFD_CLOEXEC, count)
        case .descriptor(let descriptor):
            return try duplicate(descriptor, over: count)
        case .append(let path, let permissions):
            return try raise(Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, permissions), over: count, path: path)
        case .same(let other):
            precondition(other < number, "descriptor \(number) is to lead where \(other) does, which is not lower")
            return try duplicate(numbers[other], over: count)
        }
    }

    /// Moves a descriptor that was just opened out of the way.
    private func raise(_ descriptor: Int32, over count: Int32, path: String) throws(SystemError) -> Int32 {
        guard descriptor >= 0 else { throw SystemError(path) }
        guard descriptor < count else { return descriptor }
        defer { close(descriptor) }
        return try duplicate(descriptor, over: count)
    }

    private func duplicate(_ descriptor: Int32, over count: Int32) throws(SystemError) -> Int32 {
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, count)
        guard copy >= 0 else { throw SystemError("fcntl") }
        return copy
    }

    deinit {
        for number in numbers where number >= 0 { close(number) }
    }
}
