# diagnosis: a power is taken as a product
class Value(Value):
    def __pow__(self, exponent):
        return Value(self.data * exponent, [(self, exponent * self.data ** (exponent - 1))])
