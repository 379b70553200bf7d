# diagnosis: every path hands on the whole sum: it is counted again
class Value(Value):
    def backward(self):
        self.grad = 1.0
        self._hand_on()

    def _hand_on(self):
        for parent, slope in self.parents:
            parent.grad += slope * self.grad
            parent._hand_on()
