// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVTestTraits
import Testing

@testable import OVClient

@Suite(.inTurn) struct ServerAddressTests {
    @Test(arguments: [
        ("http://127.0.0.1:1933", "http://127.0.0.1:1933", "127.0.0.1:1933"),
        ("HTTP://Knowledge.Example.com/", "http://knowledge.example.com", "knowledge.example.com"),
        ("https://[::1]:8443/ov//", "https://[::1]:8443/ov", "[::1]:8443"),
    ])
    func `an address is read, and slashes at its end mean nothing`(text: String, base: String, host: String) throws {
        let address = try ServerAddress(url: text)
        #expect(address.base == base && address.host == host && !address.isLocal)
    }

    @Test(arguments: [
        "", "127.0.0.1:1933", "ftp://host", "http://", "http://:80", "http://host:0", "http://host:70000",
        "http://host:80x", "http://[::1", "http://[]:80", "http://a b", "http://host/?q", "http://host#x",
        "http://host%00", "http://host\r\nX: y", "unix:///tmp/sock",
    ])
    func `what is no address is refused with how to write one`(text: String) throws {
        let error = try #require(throws: OVError.self) { try ServerAddress(url: text) }
        #expect(error.code == .invalidArgument)
        #expect(error.hint == "write http://HOST:PORT or https://HOST")
    }

    @Test func `a password in an address is refused and not shown`() throws {
        let error = try #require(throws: OVError.self) { try ServerAddress(url: "http://ann:secret@host") }
        #expect(!error.message.contains("secret"), "\(error.message)")
    }

    @Test(arguments: ["/a b/ov.sock", "/tmp/%41", "/tmp/ü?#"])
    func `the path of a socket survives its way through an address`(path: String) throws {
        let address = ServerAddress(socket: path)
        #expect(address.isLocal && address.text == path)
        #expect(PercentEncoding.decode(String(address.base.dropFirst("http+unix://".count))) == path)
    }
}
