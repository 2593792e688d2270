import ArgumentParser
import Configuration
import Foundation
import Stepstream
import SystemPackage

/// The configuration as it holds: flags over environment over file over defaults.
struct Settings: Sendable {
    private let reader: ConfigReader

    /// The file that is read when no other is named.
    static let standardFile = "config/stepstream.yaml"

    /// Reads and checks all sources.
    ///
    /// - Parameters:
    ///   - file: a file named on the command line; it must then exist.
    ///   - flags: values from the command line, by key.
    ///   - environment: the process's variables.
    /// - Throws: `ConfigurationFaults` with every fault of every source.
    init(file: String?, flags: [String: String], environment: [String: String]) async throws {
        let path = file ?? environment["STEPSTREAM_CONFIG"] ?? Settings.standardFile
        let isNamed = path != Settings.standardFile || file != nil
        var faults: [ConfigurationFaults.Fault] = []
        let exists = FileManager.default.fileExists(atPath: path)
        if exists {
            faults += try SettingsFile(path: path).faults
        } else if isNamed {
            faults.append(.init(place: path, words: "there is no such file"))
        }
        faults += Self.faults(in: environment) + Self.faults(inFlags: flags)
        guard faults.isEmpty else { throw ConfigurationFaults(faults: faults) }

        var providers: [any ConfigProvider] = [
            InMemoryProvider(name: "flags", values: Self.values(flags)),
            EnvironmentVariablesProvider(
                environmentVariables: environment,
                secretsSpecifier: .specific(["STEPSTREAM_REDIS_URL", "STEPSTREAM_WEBHOOKS_SECRET"])
            ).prefixKeys(with: "stepstream"),
        ]
        if exists { providers.append(try await FileProvider<YAMLSnapshot>(filePath: FilePath(path))) }
        reader = ConfigReader(providers: providers)
    }

    /// The settings that may hold secrets.
    private static let secrets: Set<String> = ["redis.url", "webhooks.secret"]

    /// Variables that steer the programs but are no settings.
    private static let otherVariables: Set<String> = {
        var names: Set<String> = ["STEPSTREAM_URL", "STEPSTREAM_CONFIG"]
        #if LABORATORY
        names.formUnion(["STEPSTREAM_FAILPOINT", "STEPSTREAM_MUTANT"])
        #endif
        return names
    }()

    private static func faults(in environment: [String: String]) -> [ConfigurationFaults.Fault] {
        environment.sorted { $0.key < $1.key }.compactMap { name, value in
            guard name.hasPrefix("STEPSTREAM_"), !otherVariables.contains(name) else { return nil }
            guard let setting = Setting.all.first(where: { $0.variable == name }) else {
                return Setting.unknown(name, at: "environment", among: Setting.all.map(\.variable))
            }
            return setting.accepts(value) ? nil : setting.fault(value, at: "environment, \(name)")
        }
    }

    private static func faults(inFlags flags: [String: String]) -> [ConfigurationFaults.Fault] {
        flags.sorted { $0.key < $1.key }.compactMap { key, value in
            guard let setting = Setting.named(key), !setting.accepts(value) else { return nil }
            return setting.fault(value, at: "command line")
        }
    }

    private static func values(_ flags: [String: String]) -> [AbsoluteConfigKey: ConfigValue] {
        var values: [AbsoluteConfigKey: ConfigValue] = [:]
        for (key, value) in flags {
            let content: ConfigContent =
                if case .share? = Setting.named(key)?.kind, let number = Double(value) {
                    .double(number)
                } else if case .integer? = Setting.named(key)?.kind, let number = Int(value) {
                    .int(number)
                } else {
                    .string(value)
                }
            values[AbsoluteConfigKey(key.split(separator: ".").map(String.init))] = ConfigValue(
                content,
                isSecret: Self.secrets.contains(key)
            )
        }
        return values
    }

    /// The text of a setting; nil when it has neither value nor default.
    func text(_ key: String) -> String? {
        let setting = Setting.named(key)
        if case .integer? = setting?.kind { return reader.int(forKey: ConfigKey(key)).map(String.init) ?? setting?.initial }
        if case .share? = setting?.kind { return reader.double(forKey: ConfigKey(key)).map { String($0) } ?? setting?.initial }
        // One port alone is a number in YAML.
        if case .ports? = setting?.kind, let number = reader.int(forKey: ConfigKey(key)) { return String(number) }
        return reader.string(forKey: ConfigKey(key), isSecret: Self.secrets.contains(key)) ?? setting?.initial
    }

    /// A number; its range has been checked.
    func integer(_ key: String) -> Int { text(key).flatMap { Int($0) } ?? 0 }

    /// A duration; its range has been checked.
    func duration(_ key: String) -> Duration { text(key).flatMap(Duration.init(setting:)) ?? .zero }

    /// Names; nil when none are set.
    func names(_ key: String) -> [Name]? { text(key).map { $0.names.compactMap(\.self) } }
}

extension String {
    /// The names between commas; nil for what is none.
    var names: [Name?] {
        split(separator: ",").map { Name($0.trimmingCharacters(in: .whitespaces)) }
    }

    /// The origins between commas.
    var origins: [String] {
        split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    }
}
