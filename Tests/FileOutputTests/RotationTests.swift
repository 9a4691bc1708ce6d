import CShim
import Glibc
import Publishing
import TestSupport
import Testing

@testable import FileOutput

@Suite struct RotationTests {
    @Test(.timeLimit(.minutes(5))) func `files are named by day and number, and none is larger than it may be`()
        async throws
    {
        let scene = FileScene()
        let output = scene.output { settings in
            settings.rotateEveryKB = 2
            settings.numberOfFiles = 100
        }
        let lines = BatchFactory.numbered(0..<100)
        await scene.drive(output) { driver in
            var factory = BatchFactory()
            #expect(await driver.deliver(factory.batch(lines)) == .delivered)
        }
        #expect(scene.names.contains("app-20261123.ndjson") && scene.names.contains("app-20261123-1.ndjson"))
        for name in scene.names {
            #expect(scene.text(name).utf8.count <= 2048)
            #expect(scene.text(name).hasSuffix("\n"))
        }
        #expect(scene.names.count > 5)
        #expect(scene.messages == lines)
    }

    @Test(.timeLimit(.minutes(5))) func `the oldest files go, and other files stay`() async throws {
        let scene = FileScene()
        for name in [
            "app-20200101.ndjson", "app-20261122-3.ndjson", "app-2020.ndjson", "app-20200101-x.ndjson", "other",
        ] {
            scene.write(name, "x\n")
        }
        let output = scene.output { settings in
            settings.rotateEveryKB = 1
            settings.numberOfFiles = 3
        }
        let lines = BatchFactory.numbered(0..<60)
        await scene.drive(output) { driver in
            var factory = BatchFactory()
            #expect(await driver.deliver(factory.batch(lines)) == .delivered)
        }
        let own = scene.names.compactMap { FileName($0, of: "app") }.sorted()
        #expect(own.count == 3)
        #expect(own.map(\.number) == Array((own[0].number)..<(own[0].number + 3)))
        #expect(scene.names.count == 6)
        #expect(scene.messages == Array(lines.suffix(scene.messages.count)))
    }

    @Test(.timeLimit(.minutes(5)), arguments: [0o600 as UInt32, 0o640, 0o666])
    func `permissions are as set, whatever the umask`(_ permissions: UInt32) async throws {
        let scene = FileScene()
        await scene.drive(scene.output { $0.permissions = permissions }) { driver in
            var factory = BatchFactory()
            #expect(await driver.deliver(factory.batch(["a"])) == .delivered)
        }
        let descriptor = FileCalls.open("\(scene.path)/app-20261123.ndjson", O_RDONLY)
        defer { close(descriptor) }
        #expect(FileCalls.status(descriptor).mode & 0o7777 == permissions)
    }

    @Test(.timeLimit(.minutes(5)), arguments: [true, false])
    func `a start goes on with the last file, or begins a new one`(_ rotates: Bool) async throws {
        let scene = FileScene()
        for line in ["first", "second"] {
            await scene.drive(scene.output { $0.rotateOnStartup = rotates }) { driver in
                var factory = BatchFactory()
                #expect(await driver.deliver(factory.batch([line])) == .delivered)
            }
        }
        #expect(scene.names.count == (rotates ? 2 : 1))
        #expect(scene.messages == ["first", "second"])
    }

    @Test(.timeLimit(.minutes(5))) func `a clock that goes back does not put new lines before old ones`() async throws {
        let scene = FileScene()
        for (line, now) in [("first", FileScene.noon), ("second", FileScene.noon - 86_400_000 * 30)] {
            await scene.drive(scene.output(now: now)) { driver in
                var factory = BatchFactory()
                #expect(await driver.deliver(factory.batch([line])) == .delivered)
            }
        }
        #expect(scene.names == ["app-20261123-1.ndjson", "app-20261123.ndjson"])
        #expect(scene.messages == ["first", "second"])
    }

    @Test(.timeLimit(.minutes(5))) func `a file that was removed is not written to any more`() async throws {
        let scene = FileScene()
        await scene.drive(scene.output()) { driver in
            var factory = BatchFactory()
            #expect(await driver.deliver(factory.batch(["gone"])) == .delivered)
            unsafe unlink("\(scene.path)/app-20261123.ndjson")
            #expect(await driver.deliver(factory.batch(["here"])) == .delivered)
        }
        #expect(scene.messages == ["here"])
    }

    @Test(.timeLimit(.minutes(5))) func `two outputs do not share a file`() async throws {
        let scene = FileScene()
        await scene.drive(scene.output()) { driver in
            var factory = BatchFactory()
            #expect(await driver.deliver(factory.batch(["mine"])) == .delivered)
            await scene.drive(scene.output()) { other in
                let reply = await other.deliver(factory.batch(["yours"]))
                #expect(reply.verdicts == .all(.retry) && reply.failure?.label == .io)
                #expect(reply.failure?.message.contains("another process") == true)
            }
        }
        #expect(scene.messages == ["mine"])
    }

    @Test(arguments: [
        ("app-20261123.ndjson", 0), ("app-20261123-12.ndjson", 12), ("app-20261123-012.ndjson", nil),
        ("app-20261123-0.ndjson", nil), ("app-2026112x.ndjson", nil), ("app-20261123-1-1.ndjson", nil),
        ("app-20261123.log", nil), ("apps-20261123.ndjson", nil), ("app-.ndjson", nil),
    ])
    func `only its own names are touched`(_ name: String, _ number: Int?) {
        let parsed = FileName(name, of: "app")
        #expect(parsed?.number == number)
        if let parsed { #expect(parsed.text("app") == name) }
    }
}
