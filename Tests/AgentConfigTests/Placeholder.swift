// Tests of AgentConfig.
