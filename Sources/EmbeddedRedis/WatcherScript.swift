import ChildProcesses

/// The program between this process and Redis: it starts Redis, and ends it when this process is gone, however it went.
///
/// PR_SET_PDEATHSIG alone is tied to the parent *thread* (prctl(2)), so a thread pool that retires the thread which started Redis would
/// end Redis early. Between the watcher, which has one thread, and Redis the death signal is sound, and covers a watcher that is itself
/// killed.
enum WatcherScript {
    /// The line that asks for Redis's end; the end of the stream without it means that this process is gone.
    static let stopLine = "stop\n"

    /// The watcher. Its group is its own, so that Ctrl-C reaches us and not Redis, which must live until our own drain ended.
    static func command(_ arguments: [String], lifeline: Int32, lock: Int32, log: String) -> ChildCommand {
        ChildCommand(
            "/bin/sh",
            arguments: ["-c", text, "stepstream-redis-watcher"] + arguments,
            // Not this process's environment: credentials in it are none of Redis's business.
            environment: ["PATH": Executable.searchPath, "LC_ALL": "C"],
            descriptors: [.null, .append(to: log), .same(as: 1), .descriptor(lifeline), .descriptor(lock)]
        )
    }

    /// Arguments: the folder, whether it goes with this process (1) or stays (0), the seconds between SIGTERM and SIGKILL, the command.
    /// On descriptor 3 the script writes Redis's process identifier and waits for this process to be gone; descriptor 4 carries the
    /// folder's lock, which Redis inherits.
    static let text = """
        cd -- "$1" || exit 126
        folder=$1 temporary=$2 seconds=$3 orphaned=0
        shift 3

        # Caught, not ignored: the watcher outlives a signal to the whole group, and Redis starts with the default actions.
        trap : HUP INT TERM
        trap orphaned=1 USR1

        if setpriv --pdeathsig TERM true 2>/dev/null; then set -- setpriv --pdeathsig TERM "$@"; fi
        "$@" 3>&- &
        redis=$!

        (
            read -r word <&3
            [ "$word" = stop ] || kill -USR1 $$
            kill -TERM "$redis"
            tenths=$((seconds * 10))
            while [ "$tenths" -gt 0 ] && kill -0 "$redis"; do sleep 0.1; tenths=$((tenths - 1)); done
            kill -KILL "$redis"
        ) 4>&- 2>/dev/null &
        guard=$!

        echo "$redis" >&3
        wait "$redis"
        status=$?
        # A caught signal ends `wait` early.
        while kill -0 "$redis" 2>/dev/null; do wait "$redis"; status=$?; done
        kill -KILL "$guard"
        [ "$orphaned$temporary" != 11 ] || rm -rf -- "$folder"
        exit "$status"
        """
}
