import Glibc

/// Names of this agent and its host, as events and status carry them.
package struct AgentIdentity: Sendable, Equatable {
    /// `agent.id`: kept in the registry for the life of the installation.
    package var id: String
    /// `agent.ephemeral_id`: of this run.
    package var ephemeralID: String
    /// `agent.name`: as configured, else the host's.
    package var name: String
    package var hostname: String

    static func ofThisHost(name: String, id: String) -> AgentIdentity {
        let hostname = ownHostname()
        return AgentIdentity(
            id: id, ephemeralID: randomUUID(), name: name.isEmpty ? hostname : name, hostname: hostname)
    }

    private static func ownHostname() -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard unsafe gethostname(&buffer, buffer.count - 1) == 0 else { return "localhost" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// RFC 9562, version 4.
    static func randomUUID() -> String {
        var generator = SystemRandomNumberGenerator()
        let high = generator.next() & ~0xf000 | 0x4000
        let low = generator.next() & ~0xc000_0000_0000_0000 | 0x8000_0000_0000_0000
        func hex(_ value: UInt64) -> String {
            let digits = String(value, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }
        let digits = Array(hex(high) + hex(low))
        let parts = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }
        return parts.joined(separator: "-")
    }
}
