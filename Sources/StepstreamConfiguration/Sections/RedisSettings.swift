package import RedisClient

/// Where Redis is.
package enum RedisSettings {
    package static let url = Setting("redis.url", rule: .redisURL, default: RedisConfiguration(), flag: "--redis")
    package static let authority = Setting("redis.authority", rule: .text)
    package static let serverName = Setting("redis.serverName", rule: .text)
    package static let commandTimeout = Setting(
        "redis.commandTimeout",
        rule: .duration(in: .milliseconds(100)...(.seconds(60))),
        default: RedisConfiguration().commandTimeout
    )

    static let all: [any AnySetting] = [url, authority, serverName, commandTimeout]
}
