package import RedisClient

extension Settings {
    /// Where Redis is: at `url`, or where the settings say.
    package func redis(url: String? = nil) throws -> RedisConfiguration {
        var configuration = if let url { try RedisConfiguration(url: url) } else { self[RedisSettings.url] }
        configuration.commandTimeout = self[RedisSettings.commandTimeout]
        for setting in [RedisSettings.authority, RedisSettings.serverName] where self[setting] != nil && configuration.tls == nil {
            throw fault(of: setting, words: "is for TLS only; redis.url must then begin with rediss:// or rediss+sentinel://")
        }
        configuration.tls?.authorityFile = self[RedisSettings.authority]
        configuration.tls?.serverName = self[RedisSettings.serverName]
        return configuration
    }
}
