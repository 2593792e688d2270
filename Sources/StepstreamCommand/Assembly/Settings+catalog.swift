import ArgumentParser
import Foundation
import Stepstream
import StepstreamConfiguration
import StepstreamYAML

extension Settings {
    /// The definition files of the folder; every fault of every file is reported at once.
    func catalog() throws -> DefinitionCatalog {
        let environment = ProcessInfo.processInfo.environment
        let (catalog, faults) = DefinitionCatalog.load(files: try DefinitionFolder(self[DefinitionSettings.folder]).files) {
            environment[$0]
        }
        guard faults.isEmpty else { throw DefinitionFilesFault(faults: faults) }
        return catalog
    }
}

/// The definition files of a folder: all `.yaml` and `.yml`, by name.
struct DefinitionFolder {
    let files: [(name: String, text: String)]

    init(_ path: String) throws {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            throw ValidationError(
                "The folder of definition files, \"\(path)\", cannot be read. Set another with --definitions or definitions.folder."
            )
        }
        files = try names.filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }.sorted().map { name in
            let file = path + "/" + name
            return (file, try String(contentsOfFile: file, encoding: .utf8))
        }
    }
}

/// Every fault of every definition file.
struct DefinitionFilesFault: Error, CustomStringConvertible {
    let faults: [DefinitionFault]

    var description: String {
        "The definition files have \(faults.count) error\(faults.count == 1 ? "" : "s"):\n"
            + faults.map { "  \($0)" }.joined(separator: "\n")
    }
}
