# diagnosis: only the last filter counts
def conv2d_input_gradient(kernel, g):
    N = len(g)
    for m in range(kernel.shape[3]):
        dx = np.stack(
            [
                np.stack(
                    [image_gradient(K, g[n, :, :, m]) for K in np.moveaxis(kernel[..., m], 2, 0)],
                    -1,
                )
                for n in range(N)
            ]
        )
    return dx
