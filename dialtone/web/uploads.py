"""Files too large for memory: compressed piece by piece as they come in, never on disk (invariant S8).

@csrf_exempt                      # the handlers are chosen before the form is read; `received` checks the token
def new(request): return packing(received)(request)
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from dialtone.base.problems import Problem
from dialtone.numbers.inventory.receive import Packed, Packer


class PackedUpload(UploadedFile):
    """An upload that was compressed on its way in, or what was wrong with it."""

    def __init__(self, name: str, size: int, packed: Packed | None, problem: Problem | None) -> None:
        super().__init__(None, name, "text/csv", size)
        self._packed = packed
        self._problem = problem

    def packed(self) -> Packed:
        """Raises Problem inventory.too_large, inventory.not_csv."""
        if self._packed is None:
            raise self._problem or Problem("inventory.empty", field="/file")
        return self._packed


class PackingHandler(FileUploadHandler):
    """Compresses each file of a form; one that is refused is read to its end and not kept."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._packer = Packer()
        self._problem: Problem | None = None

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if self._problem is None:
            try:
                self._packer.add(raw_data)
            except Problem as problem:
                self._problem = problem

    def file_complete(self, file_size: int) -> UploadedFile:
        packed = None
        if self._problem is None:
            try:
                packed = self._packer.done()
            except Problem as problem:
                self._problem = problem
        return PackedUpload(self.file_name or "", file_size, packed, self._problem)


def packing(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view whose form has files that are compressed on their way in."""
    guarded = csrf_protect(view)

    @csrf_exempt
    @wraps(view)
    def prepared(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        request.upload_handlers = [PackingHandler(request)]
        return guarded(request, *args, **kwargs)

    return prepared
