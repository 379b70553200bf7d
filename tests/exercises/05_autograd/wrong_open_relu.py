# diagnosis: relu lets every gradient through
class Value(Value):
    def relu(self):
        return Value(max(self.data, 0.0), [(self, 1.0)])
