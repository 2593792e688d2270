import Stepstream
import Testing

@Suite("Addresses that webhooks go to")
struct AddressPolicyTests {
    @Test(
        "are none of these",
        arguments: [
            "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.255.254",
            "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1",
            "198.19.255.255", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
            "::", "::1", "::127.0.0.1", "::8.8.8.8", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:7f00:1",
            "64:ff9b::127.0.0.1", "64:ff9b::10.1.2.3", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "64:ff9b:1:ffff::8.8.8.8", "2002:7f00:1::",
            "2002:808:808::1", "2001::1", "2001:0:53aa:64c:0:fbff:ad4a:1", "2001:2::1", "2001:db8::1", "3fff::1", "fc00::1", "fd12:3456::1",
            "fe80::1", "febf::1", "fec0::1", "ff02::1", "100::1", "4000::1", "5f00::1",
        ]
    )
    func blocked(_ text: String) throws {
        let address = try #require(IPAddress(text))
        #expect(AddressPolicy().refusal(of: address) != nil)
    }

    @Test(
        "are public ones",
        arguments: [
            "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.1",
            "172.15.255.255", "172.32.0.0", "192.0.1.1", "192.167.255.255", "198.17.255.255", "198.20.0.0", "223.255.255.255",
            "2606:4700:4700::1111", "2a00:1450::1", "2001:4860:4860::8888", "2003::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8",
        ]
    )
    func open(_ text: String) throws {
        let address = try #require(IPAddress(text))
        #expect(AddressPolicy().refusal(of: address) == nil)
    }

    @Test("are besides those of allowed ranges, also inside IPv6")
    func allowed() throws {
        let policy = AddressPolicy(allowed: [try #require(AddressRange("10.1.0.0/16")), try #require(AddressRange("fd00::/8"))])
        for (text, isOpen) in [("10.1.2.3", true), ("10.2.0.0", false), ("::ffff:10.1.2.3", true), ("fd01::1", true), ("fc00::1", false)] {
            let address = try #require(IPAddress(text))
            #expect((policy.refusal(of: address) == nil) == isOpen, "\(text)")
        }
    }

    @Test(
        "what is no address is not read as one",
        arguments: [
            "", "1.2.3", "1.2.3.4.5", "01.2.3.4", "256.1.1.1", "0x7f.0.0.1", "127.1", "2130706433", "1.2.3.+4", ":::", "1::2::3", "12345::",
            "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "fe80::1%eth0", "::1.2.3", "1.2.3.4::", "[::1]", "::g", ":1",
        ]
    )
    func notRead(_ text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test("ranges are read strictly", arguments: ["10.0.0.0/33", "10.0.0.0/", "10.0.0.0/08", "10.0.0/8", "::/129", "/8", "x"])
    func ranges(_ text: String) {
        #expect(AddressRange(text) == nil)
    }
}
