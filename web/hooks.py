"""The webhook's door: raw bytes in, one status out; everything else happens after the answer."""

from flask import Blueprint, current_app, jsonify, request
from flask.typing import ResponseReturnValue

from sync import inbox
from web.door import FAILED, LARGEST

blueprint = Blueprint("hooks", __name__, url_prefix="/hooks")


@blueprint.post("/<name>")
@blueprint.post("/<name>/<path>")
def receive(name: str, path: str | None = None) -> ResponseReturnValue:
    """Accept one delivery for a connection, signed or by its secret path."""
    request.max_content_length = LARGEST
    if FAILED in request.environ:
        raise request.environ[FAILED]
    if request.headers.get("Content-Encoding", "identity") != "identity":
        return jsonify(message="compressed deliveries are not accepted"), 415
    receipt = inbox.receive(
        current_app.extensions["worklift"],
        name,
        dict(request.headers),
        request.get_data(cache=False),
        path=path,
        peer=request.remote_addr or "",
    )
    again = {"Retry-After": str(receipt.again_in)} if receipt.again_in else {}
    return jsonify(message=receipt.sentence), receipt.status, again
