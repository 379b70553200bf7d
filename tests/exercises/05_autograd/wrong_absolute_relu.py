# diagnosis: relu is the absolute value
class Value(Value):
    def relu(self):
        return Value(abs(self.data), [(self, float(self.data > 0))])
