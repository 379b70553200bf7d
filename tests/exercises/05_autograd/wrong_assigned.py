# diagnosis: `=` for `+=`: a Value used twice keeps one gradient
class Value(Value):
    def backward(self):
        self.grad = 1.0
        for value in reversed(self._ordered([], set())):
            for parent, slope in value.parents:
                parent.grad = slope * value.grad
