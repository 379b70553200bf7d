# diagnosis: handed on too early: other uses have yet to add to it
class Value(Value):
    def backward(self):
        self.grad = 1.0
        waiting, seen = [self], {self}
        while waiting:
            value = waiting.pop(0)
            for parent, slope in value.parents:
                parent.grad += slope * value.grad
                if parent not in seen:
                    seen.add(parent)
                    waiting.append(parent)
