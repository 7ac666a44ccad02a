"""Where the bytes go: layers dealt out to devices as the engine, or a person, would."""
