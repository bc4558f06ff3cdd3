# ERROR: SyntaxError: name 'x' is assigned to prior to global declaration
def f():
    x = 1
    global x
