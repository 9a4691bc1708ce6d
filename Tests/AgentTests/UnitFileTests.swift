import Glibc
import TestSupport
import Testing

/// The unit that `make install` installs, judged by systemd itself.
@Suite(.enabled(if: ChildProcess.find("systemd-analyze") != nil, "systemd-analyze comes with Debian's systemd"))
struct UnitFileTests {
    /// The package's directory: this file lies in its `Tests/AgentTests`.
    private static let root = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }
    private let unit = root + "/systemd/needletail.service"

    @Test func `systemd finds nothing wrong with the unit`() async throws {
        // Its program is not installed here; the one that was built stands in for it.
        let directory = "/tmp/needletail-unit-\(getpid())"
        let made = unsafe mkdir(directory, 0o755)
        #expect(made == 0)
        let copy = directory + "/needletail.service"
        defer {
            _ = unsafe unlink(copy)
            _ = unsafe rmdir(directory)
        }
        let edit = await ChildProcess.run("sed", ["s|/usr/bin/needletail|\(ChildProcess.needletail)|", unit])
        #expect(edit.output.contains("ExecStart=\(ChildProcess.needletail) run "))
        let tee = await ChildProcess.run("tee", [copy], input: edit.output)
        #expect(tee.status == 0)
        let check = await ChildProcess.run("systemd-analyze", ["verify", "--man=no", copy])
        #expect(check.status == 0)
        #expect(check.output + check.errors == "")
    }

    @Test func `the sandbox is rated 2 or better, where 10 is none`() async throws {
        let arguments = ["security", "--offline=yes", "--threshold=20", "--no-pager", unit]
        let check = await ChildProcess.run("systemd-analyze", arguments)
        #expect(check.status == 0, "\(check.output.suffix(200))\(check.errors)")
        #expect(check.output.contains("Overall exposure level for needletail.service"))
    }

    @Test func `the manager waits longer for a stop than the agent does for acknowledgements`() async throws {
        let lines = await ChildProcess.run("cat", [unit]).output.split(separator: "\n")
        let setting = try #require(lines.first { $0.hasPrefix("TimeoutStopSec=") })
        let seconds = try #require(Int(setting.dropFirst("TimeoutStopSec=".count)))
        #expect(seconds > 5 + 5)
        #expect(lines.contains("Type=notify"))
        #expect(lines.contains("CapabilityBoundingSet=CAP_DAC_READ_SEARCH"))
    }
}
