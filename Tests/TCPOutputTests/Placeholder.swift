// Tests of TCPOutput.
