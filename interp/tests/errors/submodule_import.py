# ERROR: NotImplementedError: importing a submodule is not supported
import os.path
