import Glibc

extension ChildCommand {
    /// Starts the program. The caller must reap it.
    package func start() throws(SystemError) -> UnreapedChild {
        var opened = OpenedSources()
        for source in descriptors { try opened.open(next: source, count: descriptors.count) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (number, source) in opened.numbers.enumerated() where source >= 0 {
            posix_spawn_file_actions_adddup2(&actions, source, Int32(number))
        }
        try actions.closeAll(from: Int32(descriptors.count))
        if let folder { try actions.changeFolder(to: folder) }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        prepare(&attributes)

        var child: pid_t = 0
        let result = withCStrings([program] + arguments) { arguments in
            withCStrings(environment.map { "\($0.key)=\($0.value)" }) { environment in
                posix_spawnp(&child, program, &actions, &attributes, arguments, environment)
            }
        }
        guard result == 0 else { throw SystemError(program, number: result) }
        return UnreapedChild(pid: child)
    }

    private func prepare(_ attributes: inout posix_spawnattr_t) {
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigemptyset(&all)
        // All but the two that glibc keeps for itself: asked for those it would leave them ignored.
        for number in 1...64 where number != 32 && number != 33 { sigaddset(&all, Int32(number)) }
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        var flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        if group == .own {
            posix_spawnattr_setpgroup(&attributes, 0)
            flags |= POSIX_SPAWN_SETPGROUP
        }
        posix_spawnattr_setflags(&attributes, Int16(flags))
    }

    private func withCStrings<Result>(_ strings: [String], body: ([UnsafeMutablePointer<CChar>?]) -> Result) -> Result {
        let copies = strings.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        return body(copies + [nil])
    }
}

// Both calls are looked up by name: glibc hides their declarations behind `_GNU_SOURCE`, which the Glibc module is built without.
extension posix_spawn_file_actions_t {
    /// Closes in the child what this process has open from `first` on. SwiftNIO, for one, does not mark its sockets close-on-exec.
    fileprivate mutating func closeAll(from first: Int32) throws(SystemError) {
        typealias CloseFrom = @convention(c) (UnsafeMutablePointer<Self>, Int32) -> Int32
        // glibc 2.34 and later.
        guard let symbol = dlsym(nil, "posix_spawn_file_actions_addclosefrom_np") else {
            for descriptor in first..<1_024 { posix_spawn_file_actions_addclose(&self, descriptor) }
            return
        }
        let code = unsafeBitCast(symbol, to: CloseFrom.self)(&self, first)
        guard code == 0 else { throw SystemError("posix_spawn_file_actions_addclosefrom_np", number: code) }
    }

    fileprivate mutating func changeFolder(to path: String) throws(SystemError) {
        typealias ChangeFolder = @convention(c) (UnsafeMutablePointer<Self>, UnsafePointer<CChar>) -> Int32
        // glibc 2.29 and later.
        guard let symbol = dlsym(nil, "posix_spawn_file_actions_addchdir_np") else {
            throw SystemError("posix_spawn_file_actions_addchdir_np", number: ENOSYS)
        }
        let code = unsafeBitCast(symbol, to: ChangeFolder.self)(&self, path)
        guard code == 0 else { throw SystemError("posix_spawn_file_actions_addchdir_np", number: code) }
    }
}
