import Stepstream
import Testing

@testable import StepstreamAPI
@testable import StepstreamDashboard
@testable import StepstreamServer

@Suite("HTML")
struct HTMLTests {
    @Test("Text is text, in elements and attributes alike")
    func escaped() {
        let hostile = "</p>\"'><script>&amp;\u{202E}\u{0}\r\n\u{E9}"
        let html = HTML(.p, .set(.title, to: hostile)) { hostile }
        let text = "&lt;/p&gt;&quot;&#39;&gt;&lt;script&gt;&amp;amp;\\u{202e}\\u{0}\\u{d}\n\u{E9}"
        #expect(html.markup == "<p title=\"\(text)\">\(text)</p>")
    }

    @Test("A link holds nothing but its own path")
    func links() throws {
        let hostile = "\"><script>&x=1#/../é"
        #expect(
            Link.operations([("status", hostile), ("type", "")]).text
                == "/dashboard/operations?status=%22%3E%3Cscript%3E%26x%3D1%23%2F..%2F%C3%A9"
        )
        let id = try #require(OperationID("a_b-1"))
        #expect(Link.operation(id).text == "/dashboard/operations/a_b-1")
    }

    @Test("Elements without content have no end")
    func voids() {
        #expect(HTML(.br).markup == "<br>")
        #expect(HTML(.td).markup == "<td></td>")
        #expect(HTML(.input, .flag(.checked), .flag(.disabled, isThere: false)).markup == "<input checked=\"\">")
    }

    @Test(
        "Numbers as people read them",
        arguments: [
            (0, "0 ms"), (999, "999 ms"), (1240, "1.24 s"), (59_999, "60 s"), (60_000, "1 m"), (200_000, "3 m 20 s"),
            (7_500_000, "2 h 5 m"),
            (90_000_000, "1 d 1 h"), (-5, "0 ms"),
        ] as [(Int64, String)]
    )
    func spans(_ time: Int64, _ text: String) {
        #expect(Format.span(Milliseconds(time)) == text)
    }

    @Test("Decimals and thousands")
    func decimals() {
        #expect([0, 1.5, -2.05, 3.14159, 0.007, .infinity].map(Format.decimal) == ["0", "1.5", "-2.05", "3.14", "0.01", "0"])
        #expect([0, 999, 1000, 1_234_567].map { Format.count($0) } == ["0", "999", "1\u{202F}000", "1\u{202F}234\u{202F}567"])
    }

    @Test("A form's fields are decoded as the standard says; half an escape stays as it is")
    func forms() {
        let form = FormBody(Array("a=1+2%20%C3%A9&b&c=&id=x&id=y&d=%zz%4".utf8))
        #expect(form["a"] == "1 2 é")
        #expect(form["b"] == nil && form["c"] == nil)
        #expect(form.values("id") == ["x", "y"])
        #expect(form["d"] == "%zz%4")
    }

    @Test("Quantiles are the bucket that so many do not exceed")
    func quantiles() {
        var buckets = Array(repeating: 0, count: OperationCounts.bounds.count + 1)
        #expect(CountCharts.quantile(50, of: buckets) == "–")
        buckets[0] = 50
        buckets[4] = 45
        buckets[buckets.count - 1] = 5
        #expect(CountCharts.quantile(50, of: buckets) == "≤ 1 ms")
        #expect(CountCharts.quantile(95, of: buckets) == "≤ 20 ms")
        #expect(CountCharts.quantile(99, of: buckets) == "> 1 h")
    }
}
