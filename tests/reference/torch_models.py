"""Networks in PyTorch, and their twins in minidl: `TORCH` and `MINIDL` by the same names."""


def torch_networks(nn):
    """Return {name: (network, shape of the input without the batch)}, channels first."""

    class Named(nn.Module):
        def __init__(self):
            super().__init__()
            self.stem = nn.Conv2d(2, 4, 3)
            self.body = nn.Conv2d(4, 4, 1)
            self.aside = nn.Conv2d(4, 4, 1)
            self.head = nn.Linear(4 * 4 * 3, 3)

        def forward(self, x):
            x = self.stem(x).relu()
            return self.head((self.body(x) + self.aside(x).tanh()).flatten(1))

    cnn = nn.Sequential(
        nn.Conv2d(3, 4, 3, padding=1),
        nn.BatchNorm2d(4),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(4, 8, 3, padding=1, groups=4),
        nn.Conv2d(8, 4, 3, padding=1, groups=2, bias=False),
        nn.GroupNorm(2, 4),
        nn.ConvTranspose2d(4, 3, 4, stride=2, padding=1),
        nn.LayerNorm((3, 8, 6)),
        nn.Conv2d(3, 3, 3, groups=3, bias=False),
        nn.Conv2d(3, 5, 1),
        nn.Flatten(),
        nn.BatchNorm1d(5 * 6 * 4),
        nn.Linear(5 * 6 * 4, 7),
        nn.LayerNorm(7),
        nn.Tanh(),
        nn.Linear(7, 7),
        nn.Linear(7, 2, bias=False),
    )
    generator = nn.Sequential(
        nn.Linear(5, 4 * 3 * 2),
        nn.BatchNorm1d(4 * 3 * 2),
        nn.LeakyReLU(0.2),
        nn.Unflatten(1, (4, 3, 2)),
        nn.ConvTranspose2d(4, 2, 4, stride=2, padding=1),
        nn.Flatten(),
        nn.Linear(2 * 6 * 4, 3),
    )
    return {"cnn": (cnn, (3, 8, 6)), "generator": (generator, (5,)), "named": (Named(), (2, 6, 5))}


def minidl_models(keras):
    """Return {name: model}; channels last."""
    layers = keras.layers
    normed = {"epsilon": 1e-5}
    cnn = keras.Sequential(
        [
            layers.Input((8, 6, 3)),
            layers.Conv2D(4, 3, padding="same"),
            layers.BatchNormalization(**normed),
            layers.ReLU(),
            layers.MaxPooling2D(2),
            layers.DepthwiseConv2D(3, padding="same", depth_multiplier=2),
            layers.Conv2D(4, 3, padding="same", groups=2, use_bias=False),
            layers.GroupNormalization(2, **normed),
            layers.Conv2DTranspose(3, 4, strides=2, padding="same"),
            layers.LayerNormalization(axis=(1, 2, 3), **normed),
            layers.SeparableConv2D(5, 3),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.BatchNormalization(**normed),
            layers.Dense(7),
            layers.LayerNormalization(**normed),
            layers.Activation("tanh"),
            layers.Dense(7),
            layers.Dense(2, use_bias=False),
        ]
    )
    generator = keras.Sequential(
        [
            layers.Input((5,)),
            layers.Dense(3 * 2 * 4),
            layers.BatchNormalization(**normed),
            layers.LeakyReLU(0.2),
            layers.Reshape((3, 2, 4)),
            layers.Conv2DTranspose(2, 4, strides=2, padding="same"),
            layers.Flatten(),
            layers.Dense(3),
        ]
    )
    image = layers.Input((6, 5, 2))
    x = layers.Conv2D(4, 3, activation="relu", name="stem")(image)
    body = layers.Conv2D(4, 1, name="body")(x)
    aside = layers.Conv2D(4, 1, activation="tanh", name="aside")(x)
    x = layers.Flatten()(layers.Add()([body, aside]))
    named = keras.Model(image, layers.Dense(3, name="head")(x))
    return {"cnn": cnn, "generator": generator, "named": named}
