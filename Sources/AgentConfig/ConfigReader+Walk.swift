extension ConfigReader {
    /// Fills `root` from the keys of a section.
    ///
    /// - Parameter shown: what stands before the keys in messages: `output.logstash.`, or nothing.
    mutating func read<Root>(
        _ entries: [ConfigEntry], _ table: SettingTable<Root>, into root: inout Root, shown: String = ""
    ) {
        var applied: [Int: ConfigEntry] = [:]
        walk(entries, "", table, &root, shown, &applied)
    }

    private mutating func walk<Root>(
        _ entries: [ConfigEntry], _ prefix: String, _ table: SettingTable<Root>, _ root: inout Root, _ shown: String,
        _ applied: inout [Int: ConfigEntry]
    ) {
        for entry in entries {
            let key = prefix + entry.key
            if let index = table.byKey[key] {
                apply(entry, index, table, &root, shown + prefix, &applied)
            } else if table.harmless.contains(key) {
                problems.addHarmless(shown + key, entry.place)
            } else if let foreign = table.foreign[key] {
                refuse(foreign, entry, shown)
            } else if table.sections.contains(key) {
                guard let below = self.entries(entry.value, of: shown + key) else { continue }
                walk(below, key + ".", table, &root, shown, &applied)
            } else {
                refuseUnknown(key, entry.place, Array(table.byKey.keys), shown)
            }
        }
    }

    /// Applies a setting. The later source wins when two spellings of one setting are used.
    private mutating func apply<Root>(
        _ entry: ConfigEntry, _ index: Int, _ table: SettingTable<Root>, _ root: inout Root, _ shown: String,
        _ applied: inout [Int: ConfigEntry]
    ) {
        if let other = applied[index] {
            if other.place.source == entry.place.source {
                problems.add(
                    .conflict, entry.place,
                    "'\(shown)\(entry.key)' sets again what is set at \(other.place); keep one of the two spellings")
                return
            }
            if other.place.source > entry.place.source { return }
        }
        applied[index] = entry
        if entry.value.content == .null { return }
        table.settings[index].apply(entry.value, &root, &self)
    }

    /// Notes a setting of Filebeat's that Needletail does not have, unless it is switched off anyhow.
    mutating func refuse(_ foreign: ForeignSetting, _ entry: ConfigEntry, _ shown: String) {
        if !foreign.always && entry.value.isOff { return }
        let hint = foreign.hint.isEmpty ? "remove it" : foreign.hint
        problems.add(
            .notSupported, entry.place,
            "'\(shown)\(foreign.key)' is known to Filebeat, but Needletail does not have it yet; \(hint)")
    }

    mutating func refuseUnknown(_ key: String, _ place: Place, _ known: [String], _ shown: String) {
        let guess = Suggestion.nearest(to: key, among: known).map { "; did you mean '\(shown)\($0)'?" } ?? ""
        problems.add(.unknownKey, place, "unknown setting '\(shown)\(key)'\(guess)")
    }
}

extension ConfigNode {
    /// Says "no" to what it stands for: nothing, false, an empty list, or `enabled: false`.
    var isOff: Bool {
        switch content {
        case .null: true
        case .scalar(let text, _): text.isEmpty || Truth(text) == .no
        case .list(let elements): elements.isEmpty
        case .object(let entries): entries.isEmpty || (entries["enabled"]?.isOff ?? false)
        }
    }
}
