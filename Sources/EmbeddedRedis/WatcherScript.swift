/// The program between this process and Redis: it starts Redis, and ends it when this process is gone, however it went.
///
/// Two easier ways were not taken. PR_SET_PDEATHSIG is tied to the parent *thread* (prctl(2)), so a thread pool that retires the thread
/// which spawned Redis would end Redis early; and Foundation's `Process` starts children with SIGTERM blocked, so Redis would never
/// see the signal on which it flushes its append-only file. Between the watcher, which has one thread, and Redis the death signal is
/// sound, and covers a watcher that is itself killed.
enum WatcherScript {
    /// The descriptor on which the watcher writes Redis's process identifier and waits for this process to be gone.
    static let lifelineDescriptor: Int32 = 3
    /// The descriptor that carries the folder's lock; Redis inherits it.
    static let lockDescriptor: Int32 = 4

    /// The line that asks for Redis's end; the end of the stream without it means that this process is gone.
    static let stopLine = "stop\n"

    /// Arguments: the folder, whether it goes with this process (1) or stays (0), the seconds between SIGTERM and SIGKILL, the command.
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
