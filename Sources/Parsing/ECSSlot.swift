import EventFields

/// The numbers of the fields, as constants: `ECSField.rawValue` costs a call per use.
enum ECSSlot {
    static let time: UInt8 = 0
    static let level: UInt8 = 1
    static let logger: UInt8 = 2
    static let origin: UInt8 = 3
    static let message: UInt8 = 4
    static let errorMessage: UInt8 = 5
    static let stackTrace: UInt8 = 6
    static let trace: UInt8 = 7
    static let span: UInt8 = 8
    static let service: UInt8 = 9
    static let request: UInt8 = 10
    static let process: UInt8 = 11
    static let host: UInt8 = 12

    /// The same from the fields themselves, for the test that compares them.
    static let all = [
        time, level, logger, origin, message, errorMessage, stackTrace, trace, span, service, request, process, host,
    ]
}
