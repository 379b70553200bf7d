# diagnosis: it stops after one step back
class Value(Value):
    def backward(self):
        for parent, slope in self.parents:
            parent.grad += slope
