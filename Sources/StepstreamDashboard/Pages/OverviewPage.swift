import Stepstream
import StepstreamAPI

/// How everything is, at a glance.
struct OverviewPage {
    let health: StoreHealth
    let counts: Readings.Counts?

    var content: HTML {
        .joined([HTML(.h1, .class("quiet")) { "Overview" }, live])
    }

    /// What changes by itself.
    var live: HTML {
        HTML(.div, .id("live")) {
            trouble
            tiles
            if let counts {
                charts(counts)
            } else {
                HTML(.p, .class("empty")) { "Rates and latencies are shown when counts are kept." }
            }
            HTML(.div, .class("columns")) {
                queues
                findings
            }
        }
    }

    // MARK: Numbers

    private var tiles: HTML {
        let waiting = health.queues.reduce(0) { $0 + max(0, $1.length - $1.pending) }
        let inFlight = health.queues.reduce(0) { $0 + $1.pending }
        let oldest = health.queues.compactMap(\.oldestWaiting).max()
        let attention = health.counts?.attention
        return HTML(.div, .class("tiles")) {
            if let counts { rates(counts.recent) }
            StatTile(name: "Waiting", value: Format.count(waiting), note: oldest.map { "oldest " + Format.span($0) } ?? "messages").html
            StatTile(name: "In flight", value: Format.count(inFlight), note: "claimed by workers").html
            StatTile(name: "Live", value: Self.number(health.counts?.live), note: "operations", link: .operations([("status", "live")]))
                .html
            StatTile(name: "Timers", value: Self.number(health.counts?.timers), note: "retries and deadlines").html
            StatTile(
                name: "Attention",
                value: Self.number(attention),
                note: "need a person",
                tone: attention ?? 0 > 0 ? .bad : nil,
                link: .attention
            ).html
        }
    }

    private func rates(_ recent: CountCharts) -> HTML {
        let failed = recent.total(.failed, ofLast: 15)
        return .joined([
            StatTile(name: "Accepted", value: Format.rate(recent.rate(.accepted)), note: "a second, last minute").html,
            StatTile(name: "Ended", value: Format.rate(recent.rate(.succeeded, .failed, .canceled)), note: "a second, last minute").html,
            StatTile(
                name: "Failed",
                value: Format.count(failed),
                note: "in 15 minutes",
                tone: failed > 0 ? .warn : nil,
                link: .operations([("status", "Failed")])
            ).html,
            StatTile(name: "Retries", value: Format.count(recent.total(.retries, ofLast: 15)), note: "in 15 minutes").html,
        ])
    }

    private static func number(_ count: Int?) -> String { count.map { Format.count($0) } ?? "–" }

    // MARK: Charts

    private func charts(_ counts: Readings.Counts) -> HTML {
        .joined([
            HTML(.div, .class("columns")) {
                HTML(.div, .class("panel")) { counts.recent.ended("Ended, last 15 minutes", bars: 15, width: 1).html }
                HTML(.div, .class("panel")) { counts.day.ended("Ended, last 24 hours", bars: 96, width: 15).html }
            },
            HTML(.div, .class("columns")) {
                counts.recent.histogram("Duration of operations, last 15 minutes", ofLast: 15, buckets: \.durations)
                counts.recent.histogram("Queue wait, last 15 minutes", ofLast: 15, buckets: \.waits)
            },
        ])
    }

    // MARK: Queues and findings

    private var queues: HTML {
        HTML(.section, .class("panel")) {
            HTML(.h2) { "Queues" }
            QueueTable(queues: health.queues).html
        }
    }

    /// What is wrong stands on top, where it is seen.
    private var trouble: HTML {
        let wrong = health.findings.filter { $0.severity != .ok }
        return .joined(
            wrong.map { finding in
                HTML(.p, .class("notice \(Pill(finding.severity).tone.rawValue)"), .set(.role, to: "alert")) {
                    HTML(.strong) { finding.subject.rawValue }
                    " "
                    finding.words
                }
            }
        )
    }

    private var findings: HTML {
        HTML(.section, .class("panel")) {
            HTML(.h2) { health.isReady ? "Store: ready" : "Store: not ready" }
            HTML(.table) {
                HTML(.tbody) {
                    for finding in health.findings {
                        HTML(.tr) {
                            HTML(.td) { Pill(finding.severity).html }
                            HTML(.th, .set(.scope, to: "row")) { finding.subject.rawValue }
                            HTML(.td, .class("words")) { finding.words }
                        }
                    }
                }
            }
        }
    }
}
