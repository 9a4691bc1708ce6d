// Tests of LumberjackOutput.
