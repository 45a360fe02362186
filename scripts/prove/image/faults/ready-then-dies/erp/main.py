
import os
import threading

asked = False


@app.middleware("http")
async def die_after_readiness(request, call_next):
    global asked
    if request.url.path == "/healthz/ready" and not asked:
        asked = True
        threading.Timer(1, os._exit, [1]).start()
    return await call_next(request)
