/// This software.
package enum Software {
    /// Its version (https://semver.org); processes of several versions at once are told of by the topology.
    package static let version = "0.1.0"
}
