# diagnosis: nothing comes back: the result's own gradient is not 1
class Value(Value):
    def backward(self):
        for value in reversed(self._ordered([], set())):
            for parent, slope in value.parents:
                parent.grad += slope * value.grad
