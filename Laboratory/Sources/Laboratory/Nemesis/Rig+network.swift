// What the nemesis does to the network between workers and Redis.
extension Rig {
    /// Lets the network be so for so many milliseconds.
    func weather(_ state: Weather.State, for time: Int64) async throws {
        proxy?.weather.change(to: state)
        await note("weather", "delay \(state.delay), chunk \(state.chunk), stalled \(state.isStalled)")
        try await Task.sleep(for: .milliseconds(time))
        proxy?.weather.change(to: .init())
        await faults.append("weather-fine -")
    }

    /// Closes all connections.
    func cutNetwork() async throws {
        proxy?.cut()
        await note("drop", "proxy")
    }
}
