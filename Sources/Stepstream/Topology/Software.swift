/// This software.
package enum Software {
    /// Its version (https://semver.org); processes of several versions at once are a finding of the topology.
    package static let version = "0.1.0"
}
