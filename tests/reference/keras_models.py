"""Models that Keras and minidl make by the same words: `MODELS` gives (model, input's shape)."""


def every_layer(keras):
    """Every kind of layer with weights, some of them twice, and layers without between them."""
    layers = keras.layers
    row = [
        layers.Input((8, 8, 3)),
        layers.RandomFlip(),
        layers.Conv2D(4, 3, activation="relu"),
        layers.BatchNormalization(),
        layers.DepthwiseConv2D(3, padding="same", depth_multiplier=2),
        layers.SeparableConv2D(4, 3, padding="same", depth_multiplier=2),
        layers.Dropout(0.5),
        layers.GroupNormalization(2),
        layers.Conv2DTranspose(3, 3, strides=2),
        layers.LayerNormalization(axis=(1, 2, 3)),
        layers.BatchNormalization(center=False),
        layers.Conv2D(4, 3, strides=2, groups=1, use_bias=False),
        layers.Flatten(),
        layers.Dropout(0.5),
        layers.Dense(6, activation="relu"),
        layers.LayerNormalization(scale=False),
        layers.Dense(3),
    ]
    return keras.Sequential(row), (8, 8, 3)


def branches(keras):
    """A graph whose layers are not called in Keras's order, a shared layer, models inside."""
    layers = keras.layers
    image = layers.Input((6, 6, 2))
    encoder = keras.Sequential(
        [layers.Input((6, 6, 2)), layers.Conv2D(3, 3), layers.BatchNormalization()]
    )
    short = layers.Conv2D(3, 3)(image)
    shared = layers.Conv2D(3, 1)
    long = shared(layers.Conv2D(3, 1, activation="relu")(encoder(image)))
    joined = layers.Add()([shared(short), long])
    inner_in = layers.Input((4, 4, 3))
    inner = keras.Model(inner_in, layers.Dense(2)(layers.GlobalAveragePooling2D()(inner_in)))
    features = layers.Concatenate()([layers.Dense(4)(layers.Flatten()(short)), inner(joined)])
    return keras.Model(image, layers.Dense(3)(features)), (6, 6, 2)


def words(keras):
    """An embedding."""
    layers = keras.layers
    row = [layers.Input((5,)), layers.Rescaling(0.0, 1.0), layers.Embedding(4, 3)]
    return keras.Sequential([*row, layers.Flatten(), layers.Dense(2)]), (5,)


def own_class(keras):
    """A model of a class of its own: layers are found by their attributes."""

    class Net(keras.Model):
        def __init__(self):
            super().__init__()
            self.second = keras.layers.Dense(4)
            self.blocks = [keras.layers.Dense(4), keras.layers.Dense(4, activation="relu")]
            self.first = keras.layers.Dense(4)
            self.a_norm = keras.layers.LayerNormalization()

        def call(self, x, training=False):
            x = self.second(self.first(x))
            for block in self.blocks:
                x = block(x)
            return self.a_norm(x)

    return Net(), (3,)


MODELS = {"layers": every_layer, "branches": branches, "words": words, "own_class": own_class}
