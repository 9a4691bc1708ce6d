// Tests of FileRegistry.
