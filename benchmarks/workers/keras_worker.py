"""Keras on TensorFlow, and TensorFlow's own operations."""

import os
import platform

os.environ["KERAS_BACKEND"] = "tensorflow"

import keras
import numpy as np
import tensorflow as tf
from common import STEPS, THREADS, Ways, arrays, batch, digits, only, serve
from keras import layers

from benchmarks import cases


def cnn():
    return keras.Sequential(
        [
            layers.Input((28, 28, 1)),
            layers.Conv2D(32, (3, 3), activation="relu"),
            layers.MaxPooling2D((2, 2)),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )


def fit(**options):
    x, y = digits()
    model = cnn()
    model.compile("adam", "sparse_categorical_crossentropy", **options)
    return lambda: model.fit(x, y, batch_size=cases.BATCH, verbose=0)


def inference(size):
    x, _ = batch(size)
    model, tensor = cnn(), tf.constant(x)
    graph = tf.function(lambda x: model(x, training=False))
    return Ways(
        {
            "predict_on_batch": lambda: lambda: model.predict_on_batch(x),
            "call": lambda: lambda: model(tensor, training=False),
            "tf.function": lambda: lambda: graph(tensor),
        }
    )


def operation(case):
    x, kernel, g = arrays(case)
    inputs = [tf.constant(array) for array in (x, kernel) if array is not None]
    gradient = tf.constant(g)

    def forward(*inputs):
        if case.kind == "conv":
            return tf.nn.conv2d(*inputs, 1, "SAME")
        if case.kind == "transposed":
            return tf.nn.conv2d_transpose(*inputs, case.out_shape, 2, "SAME")
        return tf.nn.max_pool2d(*inputs, 2, 2, "VALID")

    def forward_backward(*inputs):
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            y = forward(*inputs)
        return y, tape.gradient(y, inputs, gradient)

    graph = tf.function(forward_backward if case.backward else forward)
    return only(lambda: graph(*inputs))


def networks():
    """Return generator and discriminator of a DCGAN of 28 × 28 images."""
    generator = keras.Sequential(
        [
            layers.Input((100,)),
            layers.Dense(7 * 7 * 128, use_bias=False),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Reshape((7, 7, 128)),
            layers.Conv2DTranspose(64, 4, strides=2, padding="same", use_bias=False),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Conv2DTranspose(1, 4, strides=2, padding="same", activation="tanh"),
        ]
    )
    discriminator = keras.Sequential(
        [
            layers.Input((28, 28, 1)),
            layers.Conv2D(64, 4, strides=2, padding="same"),
            layers.LeakyReLU(0.2),
            layers.Conv2D(128, 4, strides=2, padding="same"),
            layers.LeakyReLU(0.2),
            layers.Flatten(),
            layers.Dense(1),
        ]
    )
    return generator, discriminator


def dcgan():
    real, noise = tf.constant(batch()[0]), tf.random.normal((cases.BATCH, 100))
    ones, zeros = tf.ones((cases.BATCH, 1)), tf.zeros((cases.BATCH, 1))
    generator, discriminator = networks()
    loss_of = keras.losses.BinaryCrossentropy(from_logits=True)
    for_discriminator, for_generator = (keras.optimizers.Adam(2e-4, beta_1=0.5) for _ in range(2))
    for_discriminator.build(discriminator.trainable_variables)
    for_generator.build(generator.trainable_variables)

    @tf.function
    def step():
        with tf.GradientTape() as of_generator:
            fake = generator(noise, training=True)
            with tf.GradientTape() as of_discriminator:
                loss = loss_of(ones, discriminator(real, training=True)) + loss_of(
                    zeros, discriminator(tf.stop_gradient(fake), training=True)
                )
            weights = discriminator.trainable_variables
            gradients = of_discriminator.gradient(loss, weights)
            for_discriminator.apply_gradients(zip(gradients, weights, strict=True))
            loss = loss_of(ones, discriminator(fake, training=True))
        weights = generator.trainable_variables
        gradients = of_generator.gradient(loss, weights)
        for_generator.apply_gradients(zip(gradients, weights, strict=True))

    return only(step)


if __name__ == "__main__":
    tf.config.threading.set_intra_op_parallelism_threads(THREADS)
    tf.config.threading.set_inter_op_parallelism_threads(THREADS)
    serve(
        {
            "keras": keras.__version__,
            "tensorflow": tf.__version__,
            "numpy": np.__version__,
            "python": platform.python_version(),
        },
        {
            cases.FIT_STEP: lambda: only(fit(), STEPS),
            cases.EPOCH: lambda: only(fit(metrics=["accuracy"])),
            cases.DCGAN: dcgan,
        }
        | {name: lambda n=n: inference(n) for n, name in cases.INFERENCE.items()}
        | {case.name: lambda case=case: operation(case) for case in cases.OPERATIONS},
    )
