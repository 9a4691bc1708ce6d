import Glibc
import Publishing
import TestSupport
import Testing

import HTTPTransport
@testable import HTTPOutput

/// The HTTP server that stands in front of most collectors, as Debian ships it (`nginx-light`).
struct Nginx {
    static let program = "/usr/sbin/nginx"
    static let isInstalled = unsafe access(program, X_OK) == 0

    let directory: String
    let process: pid_t
    let port: Int

    /// Starts it with a limit of 8 KiB per body on `/small`, a redirect on `/moved`, and 204 for all else.
    init() throws {
        var template = Array("/tmp/needletail-nginx-XXXXXX".utf8CString)
        directory = unsafe template.withUnsafeMutableBufferPointer { unsafe String(cString: mkdtemp($0.baseAddress!)) }
        port = Nginx.freePort()
        let configuration = """
            daemon off; master_process off; pid \(directory)/pid; error_log \(directory)/error.log;
            events {}
            http {
              access_log off;
              client_body_temp_path \(directory)/body; proxy_temp_path \(directory)/proxy;
              fastcgi_temp_path \(directory)/fcgi; uwsgi_temp_path \(directory)/uwsgi; scgi_temp_path \(directory)/scgi;
              server {
                listen 127.0.0.1:\(port);
                location / { return 204; }
                location /small { client_max_body_size 8k; proxy_pass http://127.0.0.1:\(port)/; }
                location /moved { return 301 /elsewhere; }
              }
            }
            """
        let path = "\(directory)/nginx.conf"
        guard let file = unsafe fopen(path, "w") else { throw ContractBreach("cannot write \(path)") }
        unsafe fputs(configuration, file)
        unsafe fclose(file)
        process = try Nginx.spawn(["nginx", "-c", path, "-p", directory, "-e", "\(directory)/error.log"])
    }

    private static func spawn(_ arguments: [String]) throws -> pid_t {
        var child = pid_t()
        var pointers: [UnsafeMutablePointer<CChar>?] = unsafe arguments.map { unsafe strdup($0) } + [nil]
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe SpawnAttributes.closeOthers(&actions)
        let result = ForkLock.withLock { unsafe posix_spawn(&child, program, &actions, nil, &pointers, environ) }
        for index in unsafe pointers.indices { unsafe free(pointers[index]) }
        guard result == 0 else { throw ContractBreach("nginx does not start: \(result)") }
        return child
    }

    /// A port that the kernel had to give a moment ago.
    private static func freePort() -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe bind(descriptor, generic, length)
                unsafe getsockname(descriptor, generic, &length)
            }
        }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    func stop() {
        kill(process, SIGKILL)
        var status: CInt = 0
        unsafe waitpid(process, &status, 0)
        for name in ["nginx.conf", "error.log", "pid"] { unsafe unlink("\(directory)/\(name)") }
        for name in ["body", "proxy", "fcgi", "uwsgi", "scgi", ""] { unsafe rmdir("\(directory)/\(name)") }
    }
}

@Suite(.enabled(if: Nginx.isInstalled, "nginx is not installed (Debian: nginx-light)")) struct NginxTests {
    @Test(.timeLimit(.minutes(5))) func `nginx takes what we send, and its limit is learnt`() async throws {
        let nginx = try Nginx()
        defer { nginx.stop() }
        for (path, compression) in [("/", 1), ("/small", 0)] {
            try await HTTPScene.run({ settings, _ in
                settings.client.hosts = ["http://127.0.0.1:\(nginx.port)\(path)"]
                settings.client.compressionLevel = compression
            }) { scene in
                var factory = BatchFactory()
                let batch = factory.batch(BatchFactory.numbered(0..<500))
                // Until it listens, attempts are refused.
                let settlement = try await scene.driver.settle([batch], window: 1, attempts: 100_000)
                #expect(settlement.delivered == 500)
            }
        }
    }

    @Test(.timeLimit(.minutes(5))) func `a redirect by nginx waits for an operator`() async throws {
        let nginx = try Nginx()
        defer { nginx.stop() }
        try await HTTPScene.run({ settings, _ in settings.client.hosts = ["http://127.0.0.1:\(nginx.port)/moved"] }) {
            scene in
            var reply = await scene.deliver(["a"])
            while reply.failure?.label == .connect { reply = await scene.deliver(["a"]) }
            #expect(reply.failure?.message.contains("/elsewhere") == true)
        }
    }
}
