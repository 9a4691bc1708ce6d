// Tests of HTTPOutput.
