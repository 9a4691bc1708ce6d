import Publishing

/// `/healthz`: whether somebody should look at this agent, and why.
///
/// An output that is down for a moment is no illness: the files are the buffer. It becomes one when lines have waited
/// for a minute.
package struct StatusHealth: Sendable, Equatable {
    /// Why the agent is not healthy; empty when it is.
    package var reasons: [String] = []
    /// What is not well, but will mend by itself.
    package var remarks: [String] = []

    /// How long lines may wait for a failing output before that counts as illness.
    package static let patience = Duration.seconds(60)

    package init(_ status: AgentStatus) {
        if status.stopping { reasons.append("stopping") }
        if let trouble = status.registryTrouble { reasons.append("positions cannot be stored: \(trouble)") }
        for pipeline in status.pipelines {
            if pipeline.unaccountedBytes != 0 {
                reasons.append("\(pipeline.name): \(pipeline.unaccountedBytes) bytes unaccounted for")
            }
            if let failure = pipeline.lastFailure {
                let text = "\(pipeline.name): \(pipeline.outputKind) output \(pipeline.endpoint): \(failure)"
                if pipeline.lag >= StatusHealth.patience {
                    reasons.append("\(text); lines wait for \(HumanText.duration(pipeline.lag))")
                } else {
                    remarks.append(text)
                }
            }
        }
    }

    package var isHealthy: Bool { reasons.isEmpty }

    /// 200 or 503.
    package var code: Int { isHealthy ? 200 : 503 }

    package var text: String {
        ([isHealthy ? "ok" : "not healthy"] + reasons + remarks).map { $0 + "\n" }.joined()
    }
}
