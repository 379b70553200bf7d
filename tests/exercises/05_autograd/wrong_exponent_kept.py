# diagnosis: the derivative of a power keeps its exponent
class Value(Value):
    def __pow__(self, exponent):
        result = self.data**exponent
        return Value(result, [(self, exponent * result)])
