
import os
import sys
import threading

if "beat" in sys.argv:
    threading.Timer(2, os._exit, [1]).start()
