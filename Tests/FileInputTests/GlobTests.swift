import Parsing
import Testing

@testable import FileInput

@Suite struct GlobTests {
    @Test(arguments: [
        ("/v/*.log", "/v/a.log", true), ("/v/*.log", "/v/.log", true), ("/v/*.log", "/v/sub/a.log", false),
        ("/v/?.log", "/v/a.log", true), ("/v/?.log", "/v/ab.log", false), ("/v/[a-c].log", "/v/b.log", true),
        ("/v/[!a-c].log", "/v/d.log", true), ("/v/[^a-c].log", "/v/b.log", false), ("/v/[]a].log", "/v/].log", true),
        ("/v/{a,b}.log", "/v/b.log", true), ("/v/{a,b}.log", "/v/c.log", false),
        ("/v/{a,b{1,2}}.log", "/v/b2.log", true), ("/v/{a,b{1,2}}.log", "/v/b.log", false),
        ("/v/x{,.1}", "/v/x", true), ("/v/x{,.1}", "/v/x.1", true), ("/v/{a,b", "/v/{a,b", true),
        ("/{v,w}/{a,b}", "/w/a", true), ("/v/**/*.log", "/v/a.log", true), ("/v/**/*.log", "/v/1/2/a.log", true),
        ("/v/**/*.log", "/v/1/2/3/4/5/6/7/8/a.log", true), ("/v/**/*.log", "/v/1/2/3/4/5/6/7/8/9/a.log", false),
        ("/v/**/b/*.log", "/v/1/b/a.log", true), ("/v/**/b/*.log", "/v/1/a.log", false), ("/v/**", "/v/1/a", true),
        ("/v/a\\*b", "/v/a*b", true), ("/v/a\\*b", "/v/aXb", false), ("/v/a\\{b,c\\}", "/v/a{b,c}", true),
        ("/v/a\\{b,c\\}", "/v/ab", false), ("/v/./a/../b.log", "/v/b.log", true), ("/v//b.log", "/v/b.log", true),
        ("/v/*/b.log", "/v/a/b.log", true), ("/v/*/b.log", "/v/b.log", false), ("/*.log", "/a.log", true),
    ])
    func `a pattern matches what it says`(pattern: String, path: String, matches: Bool) {
        #expect(PathGlob.parse(pattern, recursive: true).contains { $0.matches(path) } == matches)
    }

    @Test func `braces that make too many patterns are refused`() throws {
        var settings = FileInputSettings()
        settings.paths = ["/v/" + String(repeating: "{a,b}", count: 10)]
        try FileInput.check(settings)
        #expect(PathGlob.parse(settings.paths[0], recursive: true).count == 1024)
        settings.paths = ["/v/" + String(repeating: "{a,b}", count: 40)]
        #expect(throws: ParsingError.self) { try FileInput.check(settings) }
    }

    @Test func `many levels of any depth are matched at once`() {
        let glob = PathGlob.parse("/" + String(repeating: "**/*/", count: 12) + "x", recursive: true)
        #expect(!glob[0].matches(String(repeating: "/a", count: 60) + "/y"))
        #expect(glob[0].matches(String(repeating: "/a", count: 60) + "/x"))
    }

    @Test func `without recursive_glob two stars are one`() {
        let globs = PathGlob.parse("/v/**/*.log", recursive: false)
        #expect(globs.contains { $0.matches("/v/a/b.log") })
        #expect(!globs.contains { $0.matches("/v/a/b/c.log") })
    }

    @Test func `the walk finds what the pattern matches and nothing else`() {
        let scratch = Scratch()
        let names = [
            "a.log", "b.txt", "one/a.log", "one/two/a.log", "one/two/three/b.log", ".hidden/a.log", "one/.a.log",
            "x*y", "xzy", "{p,q}",
        ]
        for name in ["one", "one/two", "one/two/three", ".hidden"] { scratch.directory(name) }
        for name in names { scratch.write(name, "") }
        func found(_ pattern: String) -> [String] {
            FileInput.paths(matching: scratch[pattern]).map { String($0.dropFirst(scratch.path.count + 1)) }
        }
        for pattern in [
            "*.log", "**/*.log", "one/**/*.log", "one/*/*.log", "*", "{one,.hidden}/*.log", "x\\*y", "*/*",
            "\\{p,q\\}", "one/./../a.log", "missing/*.log", "**",
        ] {
            let globs = PathGlob.parse(scratch[pattern], recursive: true)
            let expected = names.filter { name in globs.contains { $0.matches(scratch[name]) } }
            let files = found(pattern).filter { names.contains($0) }
            #expect(files == expected.sorted(), "\(pattern)")
        }
        #expect(found("**/*.log").count == 6)
        #expect(found("x\\*y") == ["x*y"])
    }

    @Test func `a relative pattern starts from the working directory`() throws {
        let glob = try #require(PathGlob.parse("./logs/*.log", recursive: true).first)
        #expect(glob.root.hasSuffix("/logs"))
        #expect(!glob.root.contains("/./"))
    }
}
