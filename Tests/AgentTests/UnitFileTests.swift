import Glibc
import TestSupport
import Testing

/// The units that `make install` installs, judged by systemd itself.
@Suite(.enabled(if: ChildProcess.find("systemd-analyze") != nil, "systemd-analyze comes with Debian's systemd"))
struct UnitFileTests {
    /// The package's directory: this file lies in its `Tests/AgentTests`.
    private static let root = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }
    private let unit = unit("needletail")

    private static func unit(_ name: String) -> String { "\(root)/systemd/\(name).service" }

    @Test(arguments: [("needletail", "run"), ("needletail-collect", "collect")])
    func `systemd finds nothing wrong with the unit`(name: String, command: String) async throws {
        // Its program is not installed here; the one that was built stands in for it.
        let directory = "/tmp/needletail-unit-\(name)-\(getpid())"
        let made = unsafe mkdir(directory, 0o755)
        #expect(made == 0)
        let copy = "\(directory)/\(name).service"
        defer {
            _ = unsafe unlink(copy)
            _ = unsafe rmdir(directory)
        }
        let edit = await ChildProcess.run(
            "sed", ["s|/usr/bin/needletail|\(ChildProcess.needletail)|", Self.unit(name)])
        #expect(edit.output.contains("ExecStart=\(ChildProcess.needletail) \(command) "))
        let tee = await ChildProcess.run("tee", [copy], input: edit.output)
        #expect(tee.status == 0)
        let check = await ChildProcess.run("systemd-analyze", ["verify", "--man=no", copy])
        #expect(check.status == 0)
        #expect(check.output + check.errors == "")
    }

    /// The agent may read every file; the collector may do nothing but its work, on loopback.
    @Test(arguments: [("needletail", 20), ("needletail-collect", 10)])
    func `the sandbox is rated 2 or better, that of the collector 1, where 10 is none`(
        name: String, threshold: Int
    ) async throws {
        let arguments = ["security", "--offline=yes", "--threshold=\(threshold)", "--no-pager", Self.unit(name)]
        let check = await ChildProcess.run("systemd-analyze", arguments)
        #expect(check.status == 0, "\(check.output.suffix(200))\(check.errors)")
        #expect(check.output.contains("Overall exposure level for \(name).service"))
    }

    @Test func `the manager waits longer for a stop than the agent does for acknowledgements`() async throws {
        let lines = await ChildProcess.run("cat", [unit]).output.split(separator: "\n")
        let setting = try #require(lines.first { $0.hasPrefix("TimeoutStopSec=") })
        let seconds = try #require(Int(setting.dropFirst("TimeoutStopSec=".count)))
        #expect(seconds > 5 + 5)
        #expect(lines.contains("Type=notify"))
        #expect(lines.contains("CapabilityBoundingSet=CAP_DAC_READ_SEARCH"))
    }

    @Test func `the collector has no privilege, is heard by this host alone, and may stop in peace`() async throws {
        let lines = await ChildProcess.run("cat", [Self.unit("needletail-collect")]).output.split(separator: "\n")
        for line in [
            "Type=notify", "CapabilityBoundingSet=", "IPAddressDeny=any", "IPAddressAllow=localhost",
            "StateDirectory=needletail-collector",
        ] { #expect(lines.contains(Substring(line))) }
        let setting = try #require(lines.first { $0.hasPrefix("TimeoutStopSec=") })
        let seconds = try #require(Int(setting.dropFirst("TimeoutStopSec=".count)))
        // collector.shutdown_timeout, and what the services may take beyond it.
        #expect(seconds > 10 + 5)
        let users = await ChildProcess.run("cat", [Self.root + "/systemd/needletail.sysusers"]).output
        #expect(users.contains("u needletail-collector "))
    }
}
