import Agent
import Publishing
import Testing

struct StatusHealthTests {
    @Test func `an agent with nothing wrong is healthy`() {
        let health = StatusHealth(StatusExample.agent())
        #expect(health.code == 200)
        #expect(health.text == "ok\n")
    }

    @Test(arguments: [(59_999, 200), (60_000, 503)])
    func `an output that fails is an illness once lines have waited for a minute`(_ lag: Int, _ code: Int) {
        var pipeline = StatusExample.pipeline()
        pipeline.lastFailure = "connection refused"
        pipeline.lag = .milliseconds(lag)
        let health = StatusHealth(StatusExample.agent([StatusExample.pipeline("other"), pipeline]))
        #expect(health.code == code)
        #expect(health.text.contains("logstash: logstash output logs.example:5044: connection refused"))
    }

    @Test func `lines that wait for an output that answers are no illness`() {
        var pipeline = StatusExample.pipeline()
        pipeline.lag = .seconds(3600)
        #expect(StatusHealth(StatusExample.agent([pipeline])).isHealthy)
    }

    @Test func `every reason is named`() {
        var pipeline = StatusExample.pipeline()
        pipeline.unaccountedBytes = 5
        var status = StatusExample.agent([pipeline])
        status.registryTrouble = "no space left on device"
        status.stopping = true
        let expected = """
            not healthy
            stopping
            positions cannot be stored: no space left on device
            logstash: 5 bytes unaccounted for

            """
        #expect(StatusHealth(status).text == expected)
        #expect(StatusHealth(status).code == 503)
    }
}
