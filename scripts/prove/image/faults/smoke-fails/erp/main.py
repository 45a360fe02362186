

@app.middleware("http")
async def fail_smoke(request, call_next):
    if request.url.path == "/api/v1/ticks":
        return JSONResponse({"detail": "the fault of this image"}, 500)
    return await call_next(request)
