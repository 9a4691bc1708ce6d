/// What a field of an event says, whatever the service calls it.
package enum EventRole: UInt8, Sendable, CaseIterable {
    case time, level, service, trace, span, parentSpan, request, host, file, message, eventID
}
