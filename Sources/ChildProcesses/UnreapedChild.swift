package import Glibc

/// A child that was started and not reaped. Until it is, the system gives its number, and that of its group, to no other process.
package struct UnreapedChild: Sendable, Hashable {
    package let pid: pid_t

    /// Sends a signal to the process alone.
    package func send(_ signal: Int32) { _ = kill(pid, signal) }

    /// Sends a signal to the process group that the child leads.
    package func sendToGroup(_ signal: Int32) { _ = kill(-pid, signal) }

    /// How it ended, if it has. Does not reap it.
    package var end: ChildEnd? {
        var information = siginfo_t()
        guard waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT | WNOHANG) == 0 else { return nil }
        let child = information._sifields._sigchld
        guard child.si_pid == pid else { return nil }
        return information.si_code == Int32(CLD_EXITED) ? .exited(child.si_status) : .killed(signal: child.si_status)
    }

    /// Blocks until it has ended. Does not reap it.
    package func waitForEnd() {
        var information = siginfo_t()
        while waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
    }

    /// Blocks until it has ended, and gives its number back to the system: nobody may use it after that.
    @discardableResult
    package func reap() -> ChildEnd {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        return ChildEnd(status: status)
    }
}
