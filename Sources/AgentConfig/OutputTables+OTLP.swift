import HTTPTransport
import OTLPOutput

extension OTLPSettings: SettingRoot {}

extension OutputTables {
    static let otlp = SettingTable<OutputDraft<OTLPSettings>>(
        common() + [
            Setting("hosts", "endpoint", to: \.specific.client.hosts, .urls, example: true),
            Setting("encoding", to: \.specific.encoding, .choice),
            Setting("resource_attributes", to: \.specific.resourceAttributes, .texts),
            Setting("max_attributes", to: \.specific.maxAttributes, .count(0...100_000)),
        ] + httpClient.map { $0.within("", \.specific.client) } + bearerToken.map { $0.within("", \.specific.client) },
        harmless: commonHarmless, foreign: commonForeign)
}
