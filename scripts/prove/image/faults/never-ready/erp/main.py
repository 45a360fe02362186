

@app.middleware("http")
async def refuse_readiness(request, call_next):
    if request.url.path == "/healthz/ready":
        return JSONResponse({"status": "never ready, the fault of this image"}, 503)
    return await call_next(request)
