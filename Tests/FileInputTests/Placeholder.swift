// Tests of FileInput.
