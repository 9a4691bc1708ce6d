import FileInput
import FileRegistry
import Glibc
import Testing

/// What cannot be read for a while is not deleted, and what is no file is never touched.
@Suite struct RefusalTests {
    @Test func `a process without descriptors takes no file for deleted and goes on later`() async {
        await #expect(processExitsWith: .success) {
            let scratch = Scratch()
            scratch.directory("sub")
            for number in 0..<5 { scratch.write("sub/\(number).log", "one\n") }
            let driver = try InputDriver(scratch, "**/*.log")
            driver.pass(seconds: 400)
            #expect(driver.take().count == 5)
            for number in 0..<5 { scratch.append("sub/\(number).log", "two\n") }
            RefusalTests.withoutDescriptors {
                driver.now += 20_000_000_000
                driver.takeEvents()
                driver.input.tick(now: driver.now)
                driver.run()
            }
            #expect(driver.lines.isEmpty)
            #expect(driver.input.fileCount == 5)
            #expect(driver.registry.rows.allSatisfy { !$0.removed })
            driver.pass(seconds: 12)
            #expect(driver.take() == Array(repeating: "two", count: 5))
        }
    }

    private static func withoutDescriptors(_ body: () -> Void) {
        var old = rlimit()
        unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &old)
        var none = rlimit(rlim_cur: 0, rlim_max: old.rlim_max)
        unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &none)
        body()
        unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &old)
    }

    /// Directory permissions of the file's directory, and of the file.
    @Test(.enabled(if: getuid() == 0), arguments: [(0o000, 0o644), (0o444, 0o644), (0o711, 0o644), (0o755, 0o000)])
    func `what may not be read is not deleted and is read when it may be`(directory: Int, file: Int) async {
        await #expect(processExitsWith: .success) { [directory, file] in
            let scratch = Scratch()
            scratch.mode("", 0o755)
            scratch.directory("sub")
            scratch.write("sub/a.log", "one\n")
            seteuid(65534)
            let driver = try InputDriver(scratch, "sub/*.log")
            driver.pass(seconds: 400)
            seteuid(0)
            scratch.append("sub/a.log", "two\n")
            scratch.mode("sub/a.log", file)
            scratch.mode("sub", directory)
            seteuid(65534)
            driver.pass(seconds: 100)
            #expect(driver.input.fileCount == 1)
            #expect(driver.registry.rows.map(\.removed) == [false])
            seteuid(0)
            // Told once of the directory, of the file, or of both; not at every look.
            #expect((1...2).contains(driver.log.all.count { $0.contains("cannot be") }))
            scratch.mode("sub", 0o755)
            scratch.mode("sub/a.log", 0o644)
            seteuid(65534)
            driver.pass(seconds: 12)
            #expect(driver.take() == ["one", "two"])
            seteuid(0)
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a FIFO, a socket, a device and a directory are named once at most and never opened`() throws {
        let scratch = Scratch()
        unsafe mkfifo(scratch["fifo.log"], 0o644)
        scratch.directory("directory.log")
        let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(listener) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { path in
            for (index, byte) in scratch["socket.log"].utf8.enumerated() { unsafe path[index] = byte }
        }
        let bound = unsafe withUnsafePointer(to: &address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        #expect(bound == 0)
        if getuid() == 0 { unsafe mknod(scratch["device.log"], S_IFCHR | 0o644, 0x0103) }
        scratch.write("a.log", "one\n")
        let driver = try InputDriver(scratch)
        driver.pass(seconds: 60)
        #expect(driver.take() == ["one"])
        let refusals = driver.log.all.filter { $0.contains("not a regular file") }
        #expect(refusals.count == (getuid() == 0 ? 3 : 2))
        #expect(refusals.contains { $0.contains("reason=FIFO") && $0.contains("fifo.log") })
        #expect(refusals.contains { $0.contains("reason=socket") })
        #expect(driver.input.counts.filesOpened == 1)
        // A regular file that becomes a FIFO is gone.
        scratch.remove("a.log")
        unsafe mkfifo(scratch["a.log"], 0o644)
        driver.pass(seconds: 60)
        #expect(driver.input.fileCount == 0)
    }
}
