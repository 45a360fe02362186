
import sys
import time

if "worker" in sys.argv:
    time.sleep(3600)
