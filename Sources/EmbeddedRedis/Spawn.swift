import Glibc

/// posix_spawn(3) of the watcher: its own process group, default signals, and no descriptor but those it is given.
enum Spawn {
    /// - Returns: the process identifier, which is the identifier of its process group too.
    static func shell(
        script: String,
        arguments: [String],
        lifeline: Int32,
        lock: Int32,
        log: String
    ) throws(EmbeddedRedisError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        // dup2 onto 3 and 4 must not overwrite a source, so both sources are moved out of the way first.
        let sources = [lifeline, lock].map { fcntl($0, F_DUPFD_CLOEXEC, 16) }
        defer { for source in sources where source >= 0 { close(source) } }
        guard sources.allSatisfy({ $0 >= 0 }) else { throw failure(errno) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        posix_spawn_file_actions_adddup2(&actions, sources[0], WatcherScript.lifelineDescriptor)
        posix_spawn_file_actions_adddup2(&actions, sources[1], WatcherScript.lockDescriptor)
        closeFrom(WatcherScript.lockDescriptor + 1, actions: &actions)
        isolate(&attributes)

        var child: pid_t = 0
        // Not this process's environment: credentials in it are none of Redis's business.
        let environment = ["PATH=\(Executable.searchPath)", "LC_ALL=C"]
        let result = withStrings(["/bin/sh", "-c", script, "stepstream-redis-watcher"] + arguments) { argv in
            withStrings(environment) { environment in
                posix_spawn(&child, "/bin/sh", &actions, &attributes, argv, environment)
            }
        }
        guard result == 0 else { throw failure(result) }
        return child
    }

    private static func failure(_ code: Int32) -> EmbeddedRedisError {
        EmbeddedRedisError(.spawnFailed, "Cannot start /bin/sh, which watches over the embedded Redis: \(systemError(code)).")
    }

    /// A process group of its own, so that Ctrl-C reaches us and not Redis, which must live until our own drain ended; no blocked and
    /// no ignored signal, whatever this thread's mask and this process's dispositions are.
    private static func isolate(_ attributes: inout posix_spawnattr_t) {
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    }

    /// Closes what other parts of this process opened without O_CLOEXEC. The call is looked up by name, because glibc (2.34) hides its
    /// declaration from Swift; before 2.34 the usual descriptors are closed one by one.
    private static func closeFrom(_ first: Int32, actions: inout posix_spawn_file_actions_t) {
        typealias CloseFrom = @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32) -> Int32
        if let symbol = dlsym(nil, "posix_spawn_file_actions_addclosefrom_np") {
            _ = unsafeBitCast(symbol, to: CloseFrom.self)(&actions, first)
            return
        }
        for descriptor in first..<1_024 { posix_spawn_file_actions_addclose(&actions, descriptor) }
    }

    private static func withStrings<R>(_ strings: [String], do body: ([UnsafeMutablePointer<CChar>?]) -> R) -> R {
        let pointers = strings.map { strdup($0) }
        defer { for pointer in pointers { free(pointer) } }
        return body(pointers + [nil])
    }
}
