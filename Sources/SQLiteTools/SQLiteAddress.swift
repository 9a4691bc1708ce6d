/// Addresses of databases.
package enum SQLiteAddress {
    /// Of a file that nobody writes to: no locks are taken and no files made.
    /// - Source: https://www.sqlite.org/uri.html, `immutable=1`.
    package static func immutable(_ path: String) -> String {
        var address = "file:"
        for character in path.unicodeScalars {
            switch character {
            case "%", "?", "#": address += "%" + String(character.value, radix: 16)
            default: address.unicodeScalars.append(character)
            }
        }
        return address + "?immutable=1"
    }
}
