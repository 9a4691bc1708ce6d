import CKafka
import EventModel
import Publishing
import SystemTools

/// Access tokens, which librdkafka asks for at the start and when four fifths of their time are over.
extension KafkaProducer {
    /// Messages wait meanwhile, as for any login; with a token that still holds nothing waits.
    func fetchToken(_ tokens: TokenSource) {
        Task { [self] in
            do throws(TokenSource.Failure) {
                take(try await tokens.token(), tokens.settings)
            } catch {
                goWithout(error.message)
            }
        }
    }

    private func take(_ token: AccessToken, _ settings: OAuth2Settings) {
        var reason = TextBuffer()
        let isTaken = monitor.withLock { state in
            // The handle is there as long as the thread has not ended.
            guard !state.hasEnded else { return true }
            let extensions = settings.extensions.flatMap { [$0.name, $0.value] }.flatMap { Array($0.utf8CString) }
            let count = settings.extensions.count
            let subject = token.subject ?? settings.clientID ?? "needletail"
            return unsafe reason.fill {
                unsafe ck_set_token(handle, token.text.exposed, token.expiry, subject, extensions, count, $0, $1)
            }
        }
        if !isTaken { goWithout("librdkafka does not take the token: \(reason.text)") }
    }

    /// Without a token no broker can be reached.
    private func goWithout(_ reason: String) {
        watch.noToken(reason)
        monitor.withLock { state in
            if !state.hasEnded { unsafe ck_no_token(handle, reason) }
        }
    }
}
