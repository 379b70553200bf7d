"""Hot loops: NumPy arrays in, NumPy arrays out, over tiles that the pool of threads takes.

Each family has a function to call (`conv.forward`, `pool.max_forward` …), which checks
nothing, takes buffers, and hands tiles to the jitted kernels below it in the same file.
Shapes and indices are checked in `ops`, before a kernel is reached.
"""
