/// This software.
public enum Software {
    /// Its version (https://semver.org); processes of several versions at once are told of by the topology.
    public static let version = "0.1.0"
}
