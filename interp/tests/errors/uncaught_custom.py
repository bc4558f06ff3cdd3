# ERROR: __main__.Custom: message
class Custom(Exception):
    pass
raise Custom("message")
