"""Start-up logs of llama.cpp and its wrappers: what they say, and how our estimate compares with it.

    log = read_log(text)                       settings, hyperparameters and buffers of each load
    found = identified(load, models)           the catalog model, or one made of the hyperparameters
    checked = check(load, found, quants)       predicted and allocated bytes, buffer by buffer

Nothing here reads files; the command line passes text in.
"""
