import Agent
import AgentConfig
import ArgumentParser
import ElasticsearchOutput

/// The outputs of a configuration that `setup` is about.
enum SetupOutputs {
    /// - Throws: an exit status, after all errors were said.
    static func load(_ options: ConfigOptions) throws -> [ElasticsearchSettings] {
        do throws(ConfigurationErrors) {
            return try AgentRunner.load(options).outputs.compactMap { plan in
                if case .elasticsearch(let settings) = plan.kind { settings } else { nil }
            }
        } catch {
            for problem in error.errors { StandardError.write("error: \(problem)") }
            throw ExitCode(ExitStatus.configuration.rawValue)
        }
    }
}
