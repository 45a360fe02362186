"""A WebSocket that says which release answers and sends back what it hears."""

from fastapi import APIRouter, WebSocket, status

router = APIRouter()


@router.websocket("/ws")
async def echo(websocket: WebSocket) -> None:
    # On shutdown uvicorn closes it with 1012, "service restart": clients connect again.
    await websocket.accept()
    await websocket.send_json({"release": websocket.app.state.settings.release})
    try:
        async for message in websocket.iter_text():
            await websocket.send_json({"echo": message})
    except KeyError:
        await websocket.close(status.WS_1003_UNSUPPORTED_DATA, "text only")
