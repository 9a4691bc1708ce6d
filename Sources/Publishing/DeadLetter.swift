package import EventModel

/// An event that no collector will take, on its way to the dead letters.
package struct DeadLetter: Sendable {
    package let batch: Batch
    /// Index of its line in the batch.
    package let event: Int
    package let attempts: Int
    package let rejection: Reply.Rejection

    package init(batch: Batch, event: Int, attempts: Int, rejection: Reply.Rejection) {
        self.batch = batch
        self.event = event
        self.attempts = attempts
        self.rejection = rejection
    }
}

/// Where dead letters are kept. They are settled only once `keep` has returned.
package protocol DeadLetterSink: Sendable {
    /// Makes the letters durable, or throws; then they stay with the pipeline and are tried again.
    func keep(_ letters: [DeadLetter]) throws

    /// Letters that had to make room for newer ones since the start.
    var evictedLetters: Int { get }
}
