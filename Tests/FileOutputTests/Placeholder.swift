// Tests of FileOutput.
