import Glibc

/// Starts `command` in a new process group, and returns its process ID.
///
/// `posix_spawn` rather than Foundation's `Process`, which starts programs with the signal mask of its thread, SIGTERM blocked. The
/// program starts with no signal blocked or ignored and with no descriptor but the three it is given: SwiftNIO does not mark its sockets
/// close-on-exec, so without that a program would hold the connections of this process open.
func spawn(
    _ command: [String],
    from environment: [String: String],
    input: Int32,
    output: Int32,
    errors: Int32
) throws(SystemError) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (descriptor, number) in [(input, STDIN_FILENO), (output, STDOUT_FILENO), (errors, STDERR_FILENO)] {
        posix_spawn_file_actions_adddup2(&actions, descriptor, number)
    }
    try closeAllOthers(in: &actions)

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

    var arguments = command.map { strdup($0) } + [nil]
    var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in arguments + variables { free(text) } }
    var process: pid_t = 0
    let code = posix_spawnp(&process, command[0], &actions, &attributes, &arguments, &variables)
    guard code == 0 else { throw SystemError(command[0], number: code) }
    return process
}

/// `posix_spawn_file_actions_addclosefrom_np` (glibc 2.34 and later), looked up by name: its declaration hides behind `_GNU_SOURCE`,
/// which the Glibc module is built without.
private func closeAllOthers(in actions: inout posix_spawn_file_actions_t) throws(SystemError) {
    typealias CloseFrom = @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32) -> Int32
    guard let symbol = dlsym(nil, "posix_spawn_file_actions_addclosefrom_np") else {
        throw SystemError("posix_spawn_file_actions_addclosefrom_np", number: ENOSYS)
    }
    let code = unsafeBitCast(symbol, to: CloseFrom.self)(&actions, STDERR_FILENO + 1)
    guard code == 0 else { throw SystemError("posix_spawn_file_actions_addclosefrom_np", number: code) }
}
