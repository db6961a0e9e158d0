"""Files that are sent to the portal."""

from typing import Any, NoReturn

from django.core.files.uploadhandler import FileUploadHandler, StopUpload


class NoFiles(FileUploadHandler):
    """No form takes a file. Django's own handlers write what strangers send to disk, of any size, before a view is asked."""

    def new_file(self, *_args: Any, **_options: Any) -> NoReturn:
        """Read no further."""
        raise StopUpload(connection_reset=True)
