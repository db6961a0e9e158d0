"""What strangers send as files is neither kept nor read to its end."""

from io import BytesIO

from django.core.handlers.wsgi import WSGIRequest

SENT = 4 * 1024 * 1024
BODY = (
    b'--edge\r\nContent-Disposition: form-data; name="login"\r\n\r\nmember01\r\n'
    b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a"\r\nContent-Type: application/octet-stream\r\n\r\n'
    + b"a" * SENT
    + b"\r\n--edge--\r\n"
)


def test_files_are_neither_kept_nor_read() -> None:
    body = BytesIO(BODY)
    request = WSGIRequest(
        {
            "REQUEST_METHOD": "POST",
            "CONTENT_TYPE": "multipart/form-data; boundary=edge",
            "CONTENT_LENGTH": str(len(BODY)),
            "wsgi.input": body,
        }
    )
    assert request.POST["login"] == "member01"
    assert not request.FILES
    assert body.tell() < SENT
