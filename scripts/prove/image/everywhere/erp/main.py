

import asyncio


@app.get("/slow")
async def slow() -> dict[str, str]:
    """Take as long as a report may."""
    await asyncio.sleep(0.8)
    return {"release": settings.release}
