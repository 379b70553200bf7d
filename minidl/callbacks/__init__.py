"""Callbacks, by Keras's names: what happens beside the training, and what may end it."""

from minidl.callbacks.callback import Callback, CallbackList, LambdaCallback
from minidl.callbacks.gradients import GradientNorms
from minidl.callbacks.history import CSVLogger, History
from minidl.callbacks.monitor import Monitor
from minidl.callbacks.progress import ProgbarLogger, as_text
from minidl.callbacks.rates import LearningRateScheduler, ReduceLROnPlateau
from minidl.callbacks.saving import BackupAndRestore, ModelCheckpoint
from minidl.callbacks.stopping import EarlyStopping, TerminateOnNaN
from minidl.callbacks.tensorboard import TensorBoard

__all__ = [
    "BackupAndRestore",
    "CSVLogger",
    "Callback",
    "CallbackList",
    "EarlyStopping",
    "GradientNorms",
    "History",
    "LambdaCallback",
    "LearningRateScheduler",
    "ModelCheckpoint",
    "Monitor",
    "ProgbarLogger",
    "ReduceLROnPlateau",
    "TensorBoard",
    "TerminateOnNaN",
    "as_text",
]
