import Testing

@testable import AgentConfig

/// `needletail.reference.yml` against the tables that read the configuration.
struct ReferenceTests {
    @Test func `the reference as shipped is the smallest configuration`() throws {
        let reference = try load(shipped("needletail.reference.yml"))
        let smallest = try load(
            """
            filebeat.inputs: [{type: filestream, id: system, paths: [/var/log/*.log]}]
            output.console:
            """)
        #expect(reference == smallest)
    }

    @Test func `the reference with every setting uncommented has no unknown key and no bad value`() throws {
        let found = errors(Reference.uncommented(try shipped("needletail.reference.yml")), environment: [:])
        // Only that there are several outputs, and several ways to log in, is wrong with it.
        let others = found.filter {
            !$0.contains("is a second output beside") && !$0.contains("both a bearer token")
                && !$0.contains("leaves nothing to make topics or keys of") && !$0.contains("an API key and")
                && !$0.contains("token_file: one of them") && !$0.contains("is for OAUTHBEARER, and")
        }
        #expect(others == [])
        #expect(found.count { $0.contains("is a second output beside") } == OutputTables.kinds.count - 1)
    }

    @Test(arguments: ConfigSection.all.map(\.name))
    func `the reference has every setting with its default`(section name: String) throws {
        let reference = try Reference(try shipped("needletail.reference.yml"))
        let section = try #require(ConfigSection.all.first { $0.name == name })
        let objects = try reference.objects(of: name)
        #expect(section.keys.count >= 1)
        for key in section.keys {
            let spelling = key.spellings[0]
            let nodes = objects.compactMap { Reference.node(spelling, in: $0) }
            #expect(!nodes.isEmpty, "\(name): the reference has no '\(spelling)'")
            for other in key.spellings.dropFirst() {
                #expect(reference.text.contains(other), "\(name): the reference does not mention '\(other)'")
            }
            // A later input of another kind shows what is its own.
            for node in nodes.prefix(1) where !key.isExample {
                var reader = reference.reader
                #expect(key.isDefault(node, &reader), "\(node.place): '\(spelling)' is not the default")
                #expect(reader.problems.errors == [])
            }
        }
    }

    @Test func `a value that is not the default is noticed`() throws {
        let text = try shipped("needletail.reference.yml")
        let changed = text.split(separator: "\n", omittingEmptySubsequences: false).map {
            $0 == "#http.port: 5066" ? "#http.port: 5067" : String($0)
        }
        let reference = try Reference(changed.joined(separator: "\n"))
        let key = try #require(ConfigSection.all[0].keys.first { $0.spellings[0] == "http.port" })
        let node = try #require(Reference.node("http.port", in: reference.tree))
        var reader = reference.reader
        #expect(!key.isDefault(node, &reader))
    }
}

/// The reference with its hidden settings uncovered, as a tree.
struct Reference {
    let text: String
    let tree: [ConfigEntry]
    let reader = ConfigReader(variables: Variables(environment: [:]), problems: Problems())

    init(_ text: String) throws {
        self.text = text
        var problems = Problems()
        let place = Place(source: 0, name: "needletail.reference.yml", line: 1, column: 1)
        let tree = SourceReader(strictPermissions: false).parse(Self.uncommented(text), place, &problems)
        #expect(problems.errors == [])
        self.tree = try #require(tree)
    }

    /// A '#' that is not followed by exactly one space hides a setting.
    static func uncommented(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let indent = line.prefix { $0 == " " }
            let rest = line.dropFirst(indent.count)
            guard rest.hasPrefix("#"), rest.count > 1 else { return String(line) }
            let hidden = rest.dropFirst()
            if hidden.hasPrefix(" ") && !hidden.hasPrefix("  ") { return String(line) }
            return String(indent + hidden)
        }.joined(separator: "\n")
    }

    /// The objects of a section: the inputs, the parser of the first of them, or the one of that name.
    func objects(of section: String) throws -> [[ConfigEntry]] {
        if section.isEmpty { return [tree] }
        if section == "parsers.ndjson" {
            let inputs = try objects(of: "filebeat.inputs")
            let parsers = try #require(inputs.first?["parsers"])
            guard case .list(let list) = parsers.content, case .object(let parser) = list.first?.content,
                case .object(let settings) = parser["ndjson"]?.content
            else { return [] }
            return [settings]
        }
        switch Self.node(section, in: tree)?.content {
        case .object(let entries): return [entries]
        case .list(let elements):
            return elements.compactMap { element in
                if case .object(let entries) = element.content { return entries }
                return nil
            }
        default: return []
        }
    }

    static func node(_ key: String, in entries: [ConfigEntry]) -> ConfigNode? {
        var entries = entries
        var node: ConfigNode?
        for part in key.split(separator: ".") {
            guard let below = entries[String(part)] else { return nil }
            node = below
            if case .object(let inner) = below.content { entries = inner } else { entries = [] }
        }
        return node
    }
}
