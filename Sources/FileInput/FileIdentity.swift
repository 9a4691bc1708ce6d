import ByteTools
import CShim
import Crypto
import EventModel
import Glibc

/// Who a file is, beyond device and inode: a hash of its beginning that grows with the file, and the key of its events.
enum FileIdentity {
    /// Bytes that a complete fingerprint covers.
    static let fingerprintMaximum = 1024

    /// SHA-256 over the first bytes of the file.
    struct Fingerprint: Equatable {
        /// 64 lower-case hex digits; of nothing while `length` is 0.
        var hash: String
        var length: Int
        static let empty = Fingerprint(hash: "", length: 0)
        var isComplete: Bool { length == FileIdentity.fingerprintMaximum }
    }

    /// The first bytes of the file, at most `fingerprintMaximum`.
    static func head(_ descriptor: Int32) throws(Syscall.Failure) -> [UInt8] {
        var failure: Syscall.Failure?
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: fingerprintMaximum) { buffer, count in
            do throws(Syscall.Failure) {
                count = try unsafe Syscall.read(
                    descriptor, into: buffer.baseAddress!, count: fingerprintMaximum, at: 0)
            } catch {
                failure = error
                count = 0
            }
        }
        if let failure { throw failure }
        return bytes
    }

    static func fingerprint(_ head: some Collection<UInt8>) -> Fingerprint {
        guard !head.isEmpty else { return .empty }
        var hash = SHA256()
        head.withContiguousStorageIfAvailable { unsafe hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
        return Fingerprint(hash: hex(hash.finalize()), length: head.count)
    }

    /// Whether a file that begins with `head` can be the one that had this fingerprint when it was shorter.
    static func matches(_ head: [UInt8], _ known: Fingerprint) -> Bool {
        head.count >= known.length && fingerprint(head[..<known.length]) == known
    }

    /// First part of the ids of a generation's events.
    ///
    /// It is made of what cannot change while the generation lasts, so that a line read again after a crash, registry
    /// or not, gets the same id: device, inode, birth time, generation, and the first line (at most 1024 bytes). The
    /// keys of two generations are alike only when the agent crashed before it had first committed the file's row, and
    /// the file was truncated meanwhile and begun again with the same first line.
    static func key(_ stat: nt_stat, generation: UInt32, firstLine: some Collection<UInt8>) -> String {
        var hash = SHA256()
        for number in [stat.device, stat.inode, UInt64(bitPattern: stat.birth), UInt64(generation)] {
            var bigEndian = number.bigEndian
            unsafe withUnsafeBytes(of: &bigEndian) { unsafe hash.update(bufferPointer: $0) }
        }
        firstLine.withContiguousStorageIfAvailable {
            unsafe hash.update(bufferPointer: UnsafeRawBufferPointer($0))
        }
        return String(hex(hash.finalize()).prefix(20))
    }

    private static func hex(_ digest: SHA256.Digest) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(64)
        for byte in digest {
            text.append(JSONEscape.hexDigit(byte >> 4))
            text.append(JSONEscape.hexDigit(byte & 15))
        }
        return String(decoding: text, as: UTF8.self)
    }
}
