import Stepstream
import StepstreamAPI

/// Who publishes and who consumes, and what does not fit.
struct TopologyPage {
    let topology: Topology

    var content: HTML {
        .joined([HTML(.h1) { "Topology" }, live])
    }

    /// What changes by itself.
    var live: HTML {
        HTML(.div, .id("live")) {
            for finding in topology.findings {
                HTML(.p, .class("notice warn")) {
                    HTML(.strong) { finding.subject }
                    " "
                    finding.words
                }
            }
            HTML(.section, .class("panel")) { TopologyView(picture: TopologyPicture(TopologyGraph(topology))).html }
        }
    }
}
