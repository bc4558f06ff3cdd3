# ERROR: NotImplementedError: import * is not supported
from math import *
