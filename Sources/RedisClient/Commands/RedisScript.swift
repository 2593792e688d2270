import Crypto

/// A Lua script, addressed by the SHA-1 of its source (`EVALSHA`).
package struct RedisScript: Sendable {
    /// The name shown in messages and logs.
    package let name: String
    package let source: String
    /// 40 hexadecimal digits, as Redis computes them.
    package let sha: String
    /// `EVALSHA <sha>`, formatted once.
    private let head: RedisArguments

    package init(name: String, source: String) {
        self.name = name
        self.source = source
        let digits = Array("0123456789abcdef".utf8)
        let sha = Insecure.SHA1.hash(data: Array(source.utf8)).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        self.sha = String(decoding: sha, as: UTF8.self)
        head = ["EVALSHA", self.sha]
    }

    /// The command that runs the script, for a pipeline. Only ``RedisClient/evaluate(_:keys:arguments:)`` loads a script that
    /// Redis does not have.
    package func command(keys: RedisArguments, arguments: RedisArguments) -> RedisCommand {
        RedisCommand("EVALSHA", head: head, keys: keys, arguments: arguments)
    }

    /// The command that puts the script into Redis' cache.
    package var loadCommand: RedisCommand { RedisCommand("SCRIPT", "LOAD", source) }
}
