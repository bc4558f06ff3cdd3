# ERROR: NotImplementedError: a relative import is not supported
from . import x
