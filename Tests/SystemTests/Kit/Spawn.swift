import Glibc
import Synchronization

/// posix_spawn(3) with a process group of its own and default signals.
enum Spawn {
    /// Between the making of a pipe and its mark to be closed no program may be started: it would keep the pipe open.
    static let turn = Mutex(())

    /// Starts `executable` in `folder`; a descriptor that is nil is /dev/null.
    static func process(
        _ executable: String,
        _ arguments: [String],
        environment: [String: String],
        folder: String,
        input: Int32?,
        output: Int32?,
        errors: Int32?
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        for (target, source) in [(0, input), (1, output), (2, errors)] as [(Int32, Int32?)] {
            if let source {
                posix_spawn_file_actions_adddup2(&actions, source, target)
            } else {
                posix_spawn_file_actions_addopen(&actions, target, "/dev/null", O_RDWR, 0)
            }
        }
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigemptyset(&all)
        // All but the two that glibc keeps for itself: asked for those it would leave them ignored.
        for number in 1...64 where number != 32 && number != 33 { sigaddset(&all, Int32(number)) }
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        var child: pid_t = 0
        // env(1) changes the folder and then becomes the program: same process, same ID.
        let env = "/usr/bin/env"
        let result = withStrings([env, "-C", folder, executable] + arguments) { argv in
            withStrings(environment.map { "\($0.key)=\($0.value)" }) { environment in
                turn.withLock { _ in posix_spawn(&child, env, &actions, &attributes, argv, environment) }
            }
        }
        if result != 0 { throw SystemFailure("Starting \(executable)", code: result) }
        return child
    }

    private static func withStrings<R>(_ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> R) -> R {
        let pointers = strings.map { strdup($0) }
        defer { for pointer in pointers { free(pointer) } }
        return body(pointers + [nil])
    }
}

/// Both ends of a pipe(2), closed in programs that are started.
struct Pipe {
    let reading: Int32
    let writing: Int32

    static func make() throws -> Pipe {
        try Spawn.turn.withLock { _ in
            var ends: [Int32] = [0, 0]
            guard pipe(&ends) == 0, ends.allSatisfy({ fcntl($0, F_SETFD, FD_CLOEXEC) == 0 }) else { throw SystemFailure("Making a pipe") }
            return Pipe(reading: ends[0], writing: ends[1])
        }
    }
}
