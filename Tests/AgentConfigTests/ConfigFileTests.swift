import Testing

@testable import AgentConfig

/// Who may write a configuration file.
struct ConfigFileTests {
    @Test(arguments: [
        (UInt32(0o100600), UInt32(7), UInt32(7), true), (0o100644, 0, 7, true), (0o100664, 7, 7, false),
        (0o100602, 0, 7, false), (0o100600, 8, 7, false), (0o100600, 8, 0, false), (0o100755, 0, 0, true),
    ])
    func `a file of ours or root's that no one else can write is taken`(
        mode: UInt32, owner: UInt32, user: UInt32, accepted: Bool
    ) {
        #expect((ConfigFile.complaint(mode: mode, owner: owner, user: user) == nil) == accepted)
    }

    @Test func `a file that others can write is refused unless permissions do not matter`() throws {
        let folder = try Folder()
        let path = try folder.write("n.yml", smallest, mode: 0o666)
        let refused = #expect(throws: ConfigurationErrors.self) {
            _ = try ConfigLoader.load(files: [path], environment: [:])
        }
        #expect(refused?.errors.first?.code == .permissions)
        #expect(refused?.errors.first?.message.contains("mode 0666") == true)
        let settings = try ConfigLoader.load(files: [path], environment: [:], strictPermissions: false)
        #expect(settings.inputs.count == 1)
    }

    @Test(arguments: ["/does/not/exist.yml", "/tmp"])
    func `what cannot be read is an error with the file's name`(path: String) {
        let failure = #expect(throws: ConfigurationErrors.self) {
            _ = try ConfigLoader.load(files: [path], environment: [:], strictPermissions: false)
        }
        #expect(failure?.errors.first?.code == .unreadable)
        #expect(failure?.description.hasPrefix("\(path): cannot be") == true)
    }

    @Test func `a byte order mark is skipped`() throws {
        let folder = try Folder()
        let path = try folder.write("n.yml", "\u{feff}" + smallest)
        #expect(try ConfigLoader.load(files: [path], environment: [:]).inputs.count == 1)
    }

    @Test func `the check says OK, or all errors`() throws {
        let folder = try Folder()
        let good = try folder.write("good.yml", smallest + "\nsetup.x: 1")
        let bad = try folder.write("bad.yml", smallest + "\nnmae: a\nhttp.port: b")
        let accepted = ConfigLoader.check(files: [good], environment: [:])
        #expect(accepted.accepted)
        #expect(accepted.text.hasPrefix("warning: ") && accepted.text.hasSuffix("\nConfig OK"))
        let refused = ConfigLoader.check(files: [bad], environment: [:])
        #expect(!refused.accepted)
        #expect(refused.text.split(separator: "\n").count == 2)
        #expect(refused.text.hasPrefix("error: \(bad):3:1: unknown setting 'nmae'; did you mean 'name'?"))
    }
}
