/// What an event says of where it comes from.
extension EventShape {
    /// What is known of a file. Texts that are nil are left out of the event.
    package struct File: Sendable, Equatable {
        /// Raw bytes of the path; what is no UTF-8 is shown as `\xNN`. Standard input is `-`.
        package var path: [UInt8]
        package var deviceID: String?
        package var inode: String?
        /// 64 hexadecimal digits, once it is complete.
        package var fingerprint: String?
        /// First part of the event ids.
        package var idKey: String

        package init(
            path: [UInt8], deviceID: String? = nil, inode: String? = nil, fingerprint: String? = nil, idKey: String
        ) {
            self.path = path
            self.deviceID = deviceID
            self.inode = inode
            self.fingerprint = fingerprint
            self.idKey = idKey
        }
    }

    /// Who the agent is; the same in all events.
    package struct Agent: Sendable, Equatable {
        package var id: String
        package var ephemeralID: String
        package var name: String
        package var version: String

        package init(id: String, ephemeralID: String, name: String, version: String) {
            self.id = id
            self.ephemeralID = ephemeralID
            self.name = name
            self.version = version
        }
    }
}
