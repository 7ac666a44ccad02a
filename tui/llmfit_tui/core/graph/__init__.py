"""What llama.cpp reserves while it computes: its graph, scheduled on devices, planned by its own allocator.

    model.graph_model(config, arch, plan)   the tensors of every block, and the numbers beside them
    plan.planned(model, run)                bytes of scratch by device, the host last
    plan.keeps_flash(model, run)            whether automatic flash attention stays on

Read from the inside out: `tensors` (shapes, views, who may write over whom), `allocator` (which memory
each result gets), `schedule` (which device runs it, what is copied), `builder` and `experts` (norms,
attention, feed-forward), then `blocks`, `hybrids`, `latent`, `sparse`, `recurrent`, `delta`, `per_layer`,
`altup` (what a block is made of), `styles` and `architectures` (which architecture has which), `build` (the
whole graph), `plan` (all of it together). Planning every block of a large model takes long, so nearly always
`sections` (one block's share, worked out by `cutting`) are `stitched` together, with the same result. Rules
and order of operations are llama.cpp's at commit 0c1e57098; values are never looked at.

Adding an architecture
----------------------

1. Give it a table of tensors (`core.tensors`). A part of a block is built where there are weights for it, so
   many architectures are a `Style` of the `transformer` block and one line in `architectures.py`.
2. Put llama.cpp's src/models/<name>.cpp beside it: is anything rotated, scaled, squashed, summed in another
   order, picked later? Add to `Style` only what no field says yet; write a block where the order differs.
3. Compare with what llama.cpp prints ("compute buffer size") for flash attention on and off, one and several
   slots, logits for one row and for all. The order of inputs of an op decides the order in which memory is
   asked for: where a figure is a little off, that is where to look first.
"""
