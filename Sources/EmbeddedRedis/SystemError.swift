import Glibc

/// What the C library says about the current `errno`, for messages.
func systemError(_ code: Int32 = errno) -> String {
    String(cString: strerror(code))
}
