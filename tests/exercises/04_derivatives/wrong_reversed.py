# diagnosis: the functions are called in reverse order
def chain(functions, derivatives, x):
    result = 1.0
    while functions:
        result *= derivatives.pop()(x)
        x = functions.pop()(x)
    return result
