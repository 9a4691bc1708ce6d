// Replaced by the tests of the first file.
