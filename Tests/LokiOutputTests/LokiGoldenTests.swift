import Glibc
import HTTPTransport
import Publishing
import TestSupport
import Testing

@testable import LokiOutput

/// What is on the wire, read by protoc.
@Suite struct LokiGoldenTests {
    private static let folder = "/" + #filePath.split(separator: "/").dropLast().joined(separator: "/")

    @Test(
        .enabled(if: ChildProcess.find("protoc") != nil, "protoc comes with Debian's protobuf-compiler"),
        .timeLimit(.minutes(5)))
    func `two streams, as protoc reads them`() async throws {
        var body: [UInt8] = []
        try await LokiScene.run({ $0.structuredMetadata = [.traceID, .offset] }) { scene in
            _ = try await scene.deliver([
                #"{"ts":1769099693.5,"msg":"x","service":"b","trace_id":"t1"}"#, "plain",
                #"{"ts":1769099694,"msg":"y","service":"b"}"#,
            ])
            body = try #require(Unsnappy.unpack(scene.peer.requests[0].body))
        }
        let octal = body.map { "\\0" + String($0, radix: 8) }.joined()
        let run = await ChildProcess.run(
            "sh", ["-c", "printf '%b' '\(octal)' | protoc --decode=test.Push -I '\(Self.folder)' push.proto"])
        let found = run.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(
            found == #"streams { labels: "{host=\"web1\", service_name=\"b\"}" "#
                + #"entries { time { seconds: 1769099693 nanos: 500000000 } "#
                + #"line: "{\"ts\":1769099693.5,\"msg\":\"x\",\"service\":\"b\",\"trace_id\":\"t1\"}" "#
                + #"metadata { name: "trace_id" value: "t1" } metadata { name: "offset" value: "0" } } "#
                + #"entries { time { seconds: 1769099694 } "#
                + #"line: "{\"ts\":1769099694,\"msg\":\"y\",\"service\":\"b\"}" "#
                + #"metadata { name: "offset" value: "66" } } } "#
                + #"streams { labels: "{host=\"web1\", service_name=\"unknown_service\"}" "#
                + #"entries { time { seconds: 1769099693 nanos: 963000001 } line: "plain" "#
                + #"metadata { name: "offset" value: "60" } } }"#, "\(run.errors)")
    }
}
