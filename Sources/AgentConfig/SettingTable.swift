/// What a table fills in: comparable, and complete with defaults from the start.
protocol SettingRoot: Equatable, Sendable {
    init()
}

/// One setting: its keys, and how it gets from the tree into the settings of a target.
struct Setting<Root>: Sendable {
    /// Filebeat's spelling, dots for levels; the first is the one that the reference sets, the others mean the same.
    var keys: [String]
    /// The reference shows an example, since there is no default that could stand there.
    var isExample: Bool
    var apply: @Sendable (ConfigNode, inout Root, inout ConfigReader) -> Void
    /// Whether the value is what holds without the setting.
    var isDefault: @Sendable (ConfigNode, inout ConfigReader) -> Bool
}

extension Setting where Root: SettingRoot {
    init(
        _ keys: String..., example: Bool = false,
        apply: @escaping @Sendable (ConfigNode, inout Root, inout ConfigReader) -> Void
    ) {
        self.keys = keys
        isExample = example
        self.apply = apply
        isDefault = { node, reader in
            var root = Root()
            apply(node, &root, &reader)
            return root == Root()
        }
    }

    init<Value>(
        _ keys: String..., to path: any WritableKeyPath<Root, Value> & Sendable, _ kind: ValueKind<Value>,
        example: Bool = false
    ) {
        self.init("", example: example) { node, root, reader in
            if let value = kind.read(node, &reader) { root[keyPath: path] = value }
        }
        self.keys = keys
    }
}

extension Setting where Root: SettingRoot {
    /// The setting as part of a larger one, below `prefix`.
    func within<Parent>(
        _ prefix: String, _ path: any WritableKeyPath<Parent, Root> & Sendable
    ) -> Setting<Parent> {
        let (keys, isExample, apply, isDefault) = (keys, isExample, apply, isDefault)
        return Setting<Parent>(
            keys: keys.map { prefix + $0 }, isExample: isExample,
            apply: { node, parent, reader in apply(node, &parent[keyPath: path], &reader) }, isDefault: isDefault)
    }

    /// The same for a part that is there only if one of its settings is.
    func withinOptional<Parent>(
        _ prefix: String, _ path: any WritableKeyPath<Parent, Root?> & Sendable
    ) -> Setting<Parent> {
        let (keys, isExample, apply, isDefault) = (keys, isExample, apply, isDefault)
        return Setting<Parent>(
            keys: keys.map { prefix + $0 }, isExample: isExample,
            apply: { node, parent, reader in
                var part = parent[keyPath: path] ?? Root()
                apply(node, &part, &reader)
                parent[keyPath: path] = part
            }, isDefault: isDefault)
    }
}

/// A setting that Filebeat has and Needletail has not.
struct ForeignSetting: Sendable {
    var key: String
    /// What to do instead.
    var hint: String
    /// An error even with nothing below it.
    var always: Bool

    init(_ key: String, _ hint: String = "", always: Bool = false) {
        self.key = key
        self.hint = hint
        self.always = always
    }
}

/// All keys of one section: the settings, and what of Filebeat's is taken without effect or refused.
struct SettingTable<Root>: Sendable {
    let settings: [Setting<Root>]
    let harmless: Set<String>
    let foreign: [String: ForeignSetting]
    /// Key to the index in `settings`.
    let byKey: [String: Int]
    /// Everything that has keys below it.
    let sections: Set<String>

    init(_ settings: [Setting<Root>], harmless: [String] = [], foreign: [ForeignSetting] = []) {
        self.settings = settings
        self.harmless = Set(harmless)
        self.foreign = Dictionary(foreign.map { ($0.key, $0) }) { first, _ in first }
        var byKey: [String: Int] = [:]
        for (index, setting) in settings.enumerated() { for key in setting.keys { byKey[key] = index } }
        self.byKey = byKey
        var sections: Set<String> = []
        for key in Array(byKey.keys) + harmless + foreign.map(\.key) {
            for index in key.indices where key[index] == "." { sections.insert(String(key[..<index])) }
        }
        self.sections = sections
    }
}
