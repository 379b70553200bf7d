# diagnosis: relu's gradient at 0 is 1 instead of 0
class Value(Value):
    def relu(self):
        return self * 1 if self.data >= 0 else self * 0
