# ERROR: ModuleNotFoundError: No module named 'numpy'
import numpy
