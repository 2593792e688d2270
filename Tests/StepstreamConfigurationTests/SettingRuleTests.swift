import Stepstream
import Testing

@testable import StepstreamConfiguration

@Suite("Rules of settings")
struct SettingRuleTests {
    /// Why `text` is refused; nil if it is not.
    private func refusal(_ text: String, by rule: SettingRule<some Sendable>) -> String? {
        do throws(SettingRefusal) {
            _ = try rule.read(text)
            return nil
        } catch {
            return error.reason
        }
    }

    @Test("Whole numbers are decimal digits without a leading zero, within the range")
    func integers() throws {
        let rule = SettingRule.integer(in: 0...2000)
        for (text, value) in [("0", 0), ("7", 7), ("2000", 2000)] { #expect(try rule.read(text) == value) }
        for text in ["02000", "007", "00"] { #expect(refusal(text, by: rule) == "starts with a zero") }
        for text in ["0x10", "0o17", "1_000", "1e3", "+5", "-5", "5.0", " 5", "5 ", "٥", "five"] {
            #expect(refusal(text, by: rule) == "is not a whole number in decimal digits", "\(text)")
        }
        for text in ["2001", String(repeating: "9", count: 40)] { #expect(refusal(text, by: rule) == "is out of range") }
        #expect(refusal("", by: rule) == "is empty")
    }

    @Test("Durations have a unit, and none is too long to be read")
    func durations() throws {
        let rule = SettingRule.duration(in: .zero ... .days(365))
        let valid: [(String, Duration)] = [
            ("0s", .zero), ("250ms", .milliseconds(250)), ("5s", .seconds(5)), ("1.5s", .milliseconds(1500)), ("0.25m", .seconds(15)),
            ("2m", .seconds(120)), ("1h", .seconds(3600)), ("7d", .seconds(604_800)),
        ]
        for (text, value) in valid { #expect(try rule.read(text) == value) }
        let nines = String(repeating: "9", count: 40)
        for text in ["366d", nines + "s", nines + "d", "9223372036854775807ms", "9223372036854775807d", "9223372036854775.808s"] {
            #expect(refusal(text, by: rule) == "is out of range", "\(text)")
        }
        for text in ["5", "0", "1.5"] { #expect(refusal(text, by: rule) == "has no unit") }
        for text in ["", "s", "5 s", "5S", "5sec", "-5s", "1e3s", "0x5s", "1.s", ".5s", "1.2.3s", "٥s", "infs", "nans"] {
            #expect(refusal(text, by: rule) != nil, "\(text)")
        }
        #expect(refusal("05s", by: rule) == "starts with a zero")
        #expect(refusal("1.5ms", by: rule) == "is not a whole number of milliseconds")
        #expect(refusal("1.\(nines)s", by: rule) == "has more than nine decimals")
        #expect(rule.allowed.hasSuffix("from 0s to 365d"))
    }

    @Test("Shares are decimal numbers")
    func shares() throws {
        let rule = SettingRule.share(in: 0.1...1)
        for (text, value) in [("0.1", 0.1), ("0.95", 0.95), ("1", 1.0), ("1.0", 1.0)] { #expect(try rule.read(text) == value) }
        for text in ["", "1.5", "0", "0.05", "00.5", ".5", "0.", "5e-1", "0x0.8p0", "nan", "inf", "-0.5", "0,5", "50%"] {
            #expect(refusal(text, by: rule) != nil, "\(text)")
        }
    }

    @Test("A base URL is absolute, and has neither user name, query nor fragment")
    func baseURLs() throws {
        let rule = SettingRule.baseURL
        let valid = [
            "https://api.example", "http://api.example:8080", "https://api.example/v2/", "http://[::1]:8080", "http://127.0.0.1:4318",
        ]
        for text in valid { #expect(try rule.read(text) == text) }
        let invalid = [
            "", "not a url", "api.example", "/v1", "//api.example", "ftp://api.example", "https://", "https://user@api.example",
            "https://api.example:0", "https://api.example:70000", "https://api example", "https://api.example/\r\nX: y", "https://:8080",
        ]
        for text in invalid { #expect(refusal(text, by: rule) == "is not such a URL", "\(text)") }
        #expect(refusal("https://api.example?a=b", by: rule) == "has a query")
        #expect(refusal("https://api.example/#top", by: rule) == "has a fragment")
    }

    @Test("Lists are read whole or not at all")
    func lists() throws {
        #expect(try SettingRule<[Name]>.names.read("default, payments") == ["default", "payments"])
        #expect(refusal("default,,payments", by: SettingRule<[Name]>.names) == "has an empty entry")
        #expect(refusal("default,Payments", by: SettingRule<[Name]>.names) == "has the invalid entry \"Payments\"")
        #expect(refusal("", by: SettingRule<[Name]>.names) == "is empty")
        #expect(try SettingRule<[Int]>.ports.read("443, 8443") == [443, 8443])
        for text in ["0", "65536", "0443", "443;80"] { #expect(refusal(text, by: SettingRule<[Int]>.ports) != nil, "\(text)") }
        #expect(try SettingRule<[String]>.origins.read("https://a.example,http://localhost:5173").count == 2)
        for text in ["a.example", "https://a.example/", "https://a.example/page", "https://a.example?x", "*"] {
            #expect(refusal(text, by: SettingRule<[String]>.origins) != nil, "\(text)")
        }
        #expect(try SettingRule<[AddressRange]>.addressRanges.read("10.0.0.0/8,::1").count == 2)
        #expect(refusal("10.0.0.0/33", by: SettingRule<[AddressRange]>.addressRanges) != nil)
    }

    @Test("What is refused of a secret is not shown")
    func secrets() throws {
        #expect(refusal("whsec_hunter2", by: SettingRule<[WebhookSecret]>.secrets) == "has an entry that is not one")
        let url = try #require(refusal("http://:hunter2@127.0.0.1", by: .redisURL))
        #expect(url.hasPrefix("is not valid (") && !url.contains("hunter2"))
        for setting in AllSettings.list { #expect(setting.isSecret == ["redis.url", "webhooks.secret"].contains(setting.key)) }
    }
}
