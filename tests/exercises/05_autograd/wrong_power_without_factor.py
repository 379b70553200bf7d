# diagnosis: the derivative of a power lacks its factor n
class Value(Value):
    def __pow__(self, exponent):
        return Value(self.data**exponent, [(self, self.data ** (exponent - 1))])
